import { findingToProto } from '@goldkeep/contracts'
import { cleanText, textLimits, type Finding, type VersionId } from '@goldkeep/domain'
import { Places, type Logger } from '@goldkeep/service'
import type { CoordinationClient } from '../catalog/coordination.js'
import type { StoredVersion, VersionStore } from '../store/version-store.js'
import { encodePublished } from './list-inventory.js'
import { isFault, isRefusal, retryForever } from './retry-forever.js'

/** Milliseconds for one answer of the catalog. */
const longestCallMs = 60_000
/** A restored database may know none of thousands of versions: they are looked at and told a few at a time. */
const turns = { atOnce: 4, waiting: Number.POSITIVE_INFINITY }

export interface SealReporterOptions {
  readonly store: VersionStore
  readonly catalog: CoordinationClient
  readonly log: Logger
  readonly instanceId: string
  readonly signal: AbortSignal
  /** For how long an answer to Seal waits for the catalog. */
  readonly patienceMs: number
  /** Called when the catalog has recorded a seal. */
  readonly onRecorded: (version: StoredVersion) => void
  /** Of a version that was sealed in an earlier run. */
  readonly findingsOf: (versionId: VersionId) => Promise<readonly Finding[]>
}

/**
 * Tells the catalog of each seal until it has taken it. A seal that the catalog refuses is logged once and told
 * again at the next start; its upload stays staged until then.
 */
export class SealReporter {
  readonly #reporting = new Map<VersionId, Promise<boolean>>()
  readonly #places = new Places()
  /** Why the catalog has not taken a seal, in its words. */
  readonly #untaken = new Map<VersionId, string>()

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

  /** Seals that the catalog fails to record, a sentence each. */
  troubles(): string[] {
    return [...this.#untaken].map(
      ([versionId, why]) =>
        `version ${versionId} is sealed, and the catalog has not recorded it: ${why}; it is told again`,
    )
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
          this.options.log.error(
            { err: error, versionId },
            'the catalog refuses a seal; it is told again at the next start',
          )
        return false
      })
      .finally(() => this.#reporting.delete(versionId))
    this.#reporting.set(versionId, reporting)
    return reporting
  }

  async #record(versionId: VersionId, findings?: readonly Finding[]): Promise<boolean> {
    const { store, log, onRecorded } = this.options
    const version = store.findVersion(versionId)
    if (!version) return false
    // A seal that somebody waits for stands in a line of its own.
    const line = findings ? 'new seals' : 'earlier seals'
    const found = findings ?? (await this.#inTurn(line, () => this.#findingsOf(versionId)))
    try {
      await this.#tell(versionId, found, line)
    } catch (error) {
      if (!isRefusal(error) || found.length === 0) throw error
      log.warn({ err: error, versionId }, 'a seal is refused with its findings; telling it without them')
      await this.#tell(versionId, [], line)
    }
    onRecorded(version)
    await store.forgetUpload(versionId)
    return true
  }

  /** Of an earlier run. The seal is recorded whatever becomes of its findings: a validation makes them again. */
  async #findingsOf(versionId: VersionId): Promise<readonly Finding[]> {
    try {
      return await this.options.findingsOf(versionId)
    } catch (error) {
      this.options.log.warn({ err: error, versionId }, 'a sealed version could not be checked')
      return []
    }
  }

  async #tell(versionId: VersionId, findings: readonly Finding[], line: string): Promise<void> {
    const { catalog, log, signal } = this.options
    const tell = async (): Promise<void> => {
      const report = await this.#reportOf(versionId, findings)
      try {
        await catalog.recordSealed(report, { signal: within(longestCallMs, signal) })
        this.#untaken.delete(versionId)
      } catch (error) {
        if (isRefusal(error) || isFault(error)) this.#untaken.set(versionId, messageOf(error))
        throw error
      }
    }
    await retryForever(() => this.#inTurn(line, tell), {
      doing: `recording the seal of ${versionId}`,
      log,
      signal,
      permanent: isRefusal,
    })
  }

  async #reportOf(versionId: VersionId, findings: readonly Finding[]) {
    const { store, instanceId } = this.options
    const manifest = await store.readManifest(versionId)
    const { imageId = '', imageUid = '' } = store.findVersion(versionId) ?? {}
    const published = store.publications().find((image) => image.imageUid === imageUid)
    return {
      volumeId: store.identity.volume,
      instanceId,
      image: published && encodePublished(published),
      versionId,
      imageId,
      imageUid,
      manifest,
      findings: findings.map((finding) => findingToProto(finding)),
    }
  }

  /** While it pauses after a failure a report holds up no other. */
  async #inTurn<T>(line: string, work: () => Promise<T>): Promise<T> {
    const leave = await this.#places.take(line, turns, this.options.signal)
    try {
      return await work()
    } finally {
      leave()
    }
  }
}

const messageOf = (error: unknown): string =>
  cleanText(error instanceof Error ? error.message : String(error), textLimits.name)

const within = (ms: number, signal: AbortSignal): AbortSignal =>
  AbortSignal.any([signal, AbortSignal.timeout(ms)])
