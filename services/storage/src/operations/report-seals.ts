import { findingToProto } from '@goldkeep/contracts'
import type { Finding, VersionId } from '@goldkeep/domain'
import type { Logger } from '@goldkeep/service'
import type { CoordinationClient } from '../catalog/coordination.js'
import type { VersionStore } from '../store/version-store.js'
import { retryForever } from './retry-forever.js'

export interface SealReporterOptions {
  readonly store: VersionStore
  readonly catalog: CoordinationClient
  readonly log: Logger
  readonly signal: AbortSignal
  /** For how long an answer to Seal waits for the catalog. */
  readonly patienceMs: number
  /** Of a version that was sealed in an earlier run. */
  readonly findingsOf: (versionId: VersionId) => Promise<readonly Finding[]>
}

/** Tells the catalog of each seal until it has taken it. */
export class SealReporter {
  readonly #reporting = new Map<VersionId, Promise<boolean>>()

  constructor(private readonly options: SealReporterOptions) {}

  /** @returns whether the catalog has recorded it, as far as is known after a few seconds */
  async report(versionId: VersionId, findings?: readonly Finding[]): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), this.options.patienceMs)
    })
    try {
      return await Promise.race([this.#reportOnce(versionId, findings), late])
    } finally {
      clearTimeout(timer)
    }
  }

  /** Resolves when nothing is being reported any more; the signal ends it. */
  async idle(): Promise<void> {
    await Promise.all(this.#reporting.values())
  }

  #reportOnce(versionId: VersionId, findings?: readonly Finding[]): Promise<boolean> {
    const running = this.#reporting.get(versionId)
    if (running) return running
    const reporting = this.#record(versionId, findings)
      .catch((error: unknown) => {
        if (!this.options.signal.aborted)
          this.options.log.error({ err: error, versionId }, 'a seal could not be reported')
        return false
      })
      .finally(() => this.#reporting.delete(versionId))
    this.#reporting.set(versionId, reporting)
    return reporting
  }

  async #record(versionId: VersionId, findings?: readonly Finding[]): Promise<boolean> {
    const { store, catalog, log, signal, findingsOf } = this.options
    const version = store.findVersion(versionId)
    if (!version) return false
    const manifest = await store.readManifest(versionId)
    const found = findings ?? (await findingsOf(versionId))
    await retryForever(
      () =>
        catalog.recordSealed(
          {
            volumeId: store.identity.volume,
            versionId,
            imageId: version.imageId,
            imageUid: version.imageUid,
            manifest,
            findings: found.map((finding) => findingToProto(finding)),
          },
          { signal },
        ),
      { doing: `recording the seal of ${versionId}`, log, signal },
    )
    await store.forgetUpload(versionId)
    return true
  }
}
