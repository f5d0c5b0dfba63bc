import { DomainError, type DeploymentId } from '@goldkeep/domain'

interface Count {
  bytes: number
  lastRead: Date
  readers: number
}

export interface ReadCount {
  readonly deploymentId: DeploymentId
  readonly bytesRead: number
  readonly lastRead: Date
}

/** Counts what deployments read, and stops those that the catalog says have ended. */
export class ReadMeter {
  readonly #counts = new Map<DeploymentId, Count>()
  readonly #ended = new Set<DeploymentId>()

  /** @throws DomainError DEPLOYMENT_ENDED, here and at each `count` after the deployment has ended */
  begin(deploymentId: DeploymentId | undefined): { count(bytes: number): void; end(): void } {
    if (deploymentId === undefined) return { count: () => {}, end: () => {} }
    const count = this.#counts.get(deploymentId) ?? { bytes: 0, lastRead: new Date(), readers: 0 }
    this.#counts.set(deploymentId, count)
    count.readers += 1
    return {
      count: (bytes) => {
        if (this.#ended.has(deploymentId))
          throw new DomainError('DEPLOYMENT_ENDED', `deployment ${deploymentId} has ended; start another`, {
            deployment_id: deploymentId,
          })
        count.bytes += bytes
        count.lastRead = new Date()
      },
      end: () => {
        count.readers -= 1
      },
    }
  }

  /** What was read since the last call; deployments that read nothing and have no reader are left out. */
  take(): ReadCount[] {
    const counts: ReadCount[] = []
    for (const [deploymentId, count] of this.#counts) {
      if (count.bytes > 0 || count.readers > 0)
        counts.push({ deploymentId, bytesRead: count.bytes, lastRead: count.lastRead })
      count.bytes = 0
      if (count.readers === 0) {
        this.#counts.delete(deploymentId)
        this.#ended.delete(deploymentId)
      }
    }
    return counts
  }

  /** Gives back what could not be reported. */
  putBack(counts: readonly ReadCount[]): void {
    for (const { deploymentId, bytesRead, lastRead } of counts) {
      const count = this.#counts.get(deploymentId) ?? { bytes: 0, lastRead, readers: 0 }
      count.bytes += bytesRead
      this.#counts.set(deploymentId, count)
    }
  }

  end(deploymentIds: readonly DeploymentId[]): void {
    for (const deploymentId of deploymentIds)
      if (this.#counts.has(deploymentId)) this.#ended.add(deploymentId)
  }
}
