import { DomainError, type DeploymentId, type FilePath } from '@goldkeep/domain'
import { addRange, type Range } from './ranges.js'

interface Count {
  readonly files: Map<FilePath, Range[]>
  lastRead: Date
  readers: number
}

export interface FileReads {
  readonly path: FilePath
  readonly ranges: readonly Range[]
}

export interface ReadCount {
  readonly deploymentId: DeploymentId
  readonly files: readonly FileReads[]
  readonly lastRead: Date
}

/** One open read of a file. */
export interface Reading {
  count(offset: number, bytes: number): void
  end(): void
}

/** Each open read holds two pieces of a file in memory, however slow its reader is. */
const maxReaders = 128

/** Counts which bytes deployments read, and stops those that the catalog says have ended. */
export class ReadMeter {
  readonly #counts = new Map<DeploymentId, Count>()
  readonly #ended = new Set<DeploymentId>()

  /** @throws DomainError LIMIT_EXCEEDED; DEPLOYMENT_ENDED at each `count` after the deployment has ended */
  begin(deploymentId: DeploymentId | undefined, path: FilePath): Reading {
    if (deploymentId === undefined) return { count: () => {}, end: () => {} }
    const count = this.#countOf(deploymentId, new Date())
    refuseMoreReaders(deploymentId, count.readers)
    count.readers += 1
    return {
      count: (offset, bytes) => {
        if (this.#ended.has(deploymentId))
          throw new DomainError('DEPLOYMENT_ENDED', `deployment ${deploymentId} has ended; start another`, {
            deployment_id: deploymentId,
          })
        addTo(count, path, { start: offset, end: offset + bytes })
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
      const files = [...count.files].map(([path, ranges]) => ({ path, ranges }))
      if (files.length > 0 || count.readers > 0)
        counts.push({ deploymentId, files, lastRead: count.lastRead })
      count.files.clear()
      if (count.readers === 0) {
        this.#counts.delete(deploymentId)
        this.#ended.delete(deploymentId)
      }
    }
    return counts
  }

  /** Gives back what could not be reported. */
  putBack(counts: readonly ReadCount[]): void {
    for (const { deploymentId, files, lastRead } of counts) {
      const count = this.#countOf(deploymentId, lastRead)
      for (const { path, ranges } of files) for (const range of ranges) addTo(count, path, range)
    }
  }

  end(deploymentIds: readonly string[]): void {
    for (const deploymentId of this.#counts.keys())
      if (deploymentIds.includes(deploymentId)) this.#ended.add(deploymentId)
  }

  #countOf(deploymentId: DeploymentId, lastRead: Date): Count {
    const count = this.#counts.get(deploymentId) ?? { files: new Map(), lastRead, readers: 0 }
    this.#counts.set(deploymentId, count)
    return count
  }
}

function addTo(count: Count, path: FilePath, range: Range): void {
  if (range.end <= range.start) return
  const ranges = count.files.get(path) ?? []
  addRange(ranges, range)
  count.files.set(path, ranges)
}

function refuseMoreReaders(deploymentId: DeploymentId, readers: number): void {
  if (readers < maxReaders) return
  throw new DomainError(
    'LIMIT_EXCEEDED',
    `deployment ${deploymentId}: expected at most ${maxReaders} open reads, found more`,
    { deployment_id: deploymentId, limit: String(maxReaders) },
  )
}
