import { presenceWords, sha256ToProto, type catalog } from '@goldkeep/contracts'
import { parseImageId, parseVersionId, type ImageId, type VersionId } from '@goldkeep/domain'
import type { Logger } from '@goldkeep/service'
import { setTimeout as delay } from 'node:timers/promises'
import type { CoordinationClient } from '../catalog/coordination.js'
import type { ExaminedVersion, VersionStore } from '../store/version-store.js'
import type { KeyedQueue } from './keyed-queue.js'
import { isRefusal, retryForever } from './retry-forever.js'
import type { UploadDesk } from './upload-desk.js'

export interface VersionLooksOptions {
  readonly store: VersionStore
  readonly desk: UploadDesk
  readonly publications: KeyedQueue<string>
  readonly catalog: CoordinationClient
  readonly instanceId: string
  readonly log: Logger
  readonly signal: AbortSignal
}

interface WantedLook {
  readonly versionId: VersionId
  readonly imageId: ImageId
  readonly time?: Date | undefined
}

/** Versions of one report. */
const reportSize = 500
/** The longest that one call for questions takes, with time to spare. */
const callMs = 30_000
/** After a call that failed, or that came back at once with nothing. */
const pauseMs = 1_000

/** Looks whether versions are whole, for readers and the catalog, and tells the catalog what it found. */
export class VersionLooks {
  readonly #telling = new Map<VersionId, Promise<ExaminedVersion>>()

  constructor(private readonly options: VersionLooksOptions) {}

  /** Looks at a version that something is wrong with, and tells the catalog; once at a time for each version. */
  examine(versionId: VersionId, imageId: ImageId): Promise<ExaminedVersion> {
    const running = this.#telling.get(versionId)
    if (running) return running
    const examining = this.#lookAt({ versionId, imageId })
    this.#telling.set(versionId, examining)
    void examining
      .then((found) => this.#tell([encodeLook({ versionId, imageId }, found)]))
      .catch((error: unknown) =>
        this.#logUnlessStopping(error, 'what a look at a version found was not told'),
      )
      .finally(() => this.#telling.delete(versionId))
    return examining
  }

  /** Looks at every version, one after another, and tells the catalog. */
  async examineAll(): Promise<void> {
    const { store, signal } = this.options
    let told: catalog.LookedAtVersion[] = []
    for (const { versionId, imageId } of store.versions()) {
      if (signal.aborted) return
      told.push(...(await this.#describe({ versionId, imageId })))
      if (told.length < reportSize) continue
      await this.#tell(told)
      told = []
    }
    if (told.length > 0) await this.#tell(told)
  }

  /** Waits for the catalog's questions and answers them, until the signal. */
  async answer(): Promise<void> {
    const { store, catalog: client, instanceId, signal } = this.options
    const volumeId = store.identity.volume
    while (!signal.aborted) {
      const begun = performance.now()
      try {
        const call = AbortSignal.any([signal, AbortSignal.timeout(callMs)])
        const { looks } = await client.awaitLooks({ volumeId, instanceId }, { signal: call })
        for (let start = 0; start < looks.length; start += reportSize)
          await this.#answerEach(looks.slice(start, start + reportSize))
        if (looks.length > 0 || performance.now() - begun > pauseMs) continue
      } catch (error) {
        if (!signal.aborted)
          this.options.log.debug({ err: error }, 'the catalog could not be asked for looks')
      }
      await delay(pauseMs, undefined, { signal }).catch(() => {})
    }
  }

  async #answerEach(looks: readonly catalog.WantedLook[]): Promise<void> {
    const told: catalog.LookedAtVersion[] = []
    for (const { versionId, imageId, time } of looks) {
      const wanted = { versionId: parseVersionId(versionId), imageId: parseImageId(imageId), time }
      told.push(...(await this.#describe(wanted)))
    }
    await this.#send(told)
  }

  /** One that cannot be looked at now is left out, and holds up no other. */
  async #describe(wanted: WantedLook): Promise<catalog.LookedAtVersion[]> {
    try {
      return [encodeLook(wanted, await this.#lookAt(wanted))]
    } catch (error) {
      this.#logUnlessStopping(error, 'a version could not be looked at')
      return []
    }
  }

  /** While no command changes it. */
  #lookAt({ versionId, imageId }: WantedLook): Promise<ExaminedVersion> {
    const { store, desk, publications } = this.options
    const look = (): Promise<ExaminedVersion> =>
      publications.run(imageId, () => store.examine(versionId, imageId))
    return desk.exclusively(versionId, look)
  }

  #tell(lookedAt: readonly catalog.LookedAtVersion[]): Promise<unknown> {
    const { log, signal } = this.options
    const options = { doing: 'telling what looks at versions found', log, signal, permanent: isRefusal }
    return retryForever(() => this.#send(lookedAt), options)
  }

  async #send(lookedAt: readonly catalog.LookedAtVersion[]): Promise<void> {
    const { store, catalog: client, instanceId, signal } = this.options
    const request = { volumeId: store.identity.volume, instanceId, lookedAt: [...lookedAt] }
    await client.reportVersions(request, { signal: AbortSignal.any([signal, AbortSignal.timeout(callMs)]) })
  }

  #logUnlessStopping(error: unknown, message: string): void {
    const { signal, log } = this.options
    if (!signal.aborted) log.warn({ err: error }, message)
  }
}

function encodeLook({ versionId, time }: WantedLook, found: ExaminedVersion): catalog.LookedAtVersion {
  const head = { versionId, presence: presenceWords.toProto(found.presence), wantedTime: time }
  if (found.presence !== 'PRESENT')
    return { ...head, found: found.found, manifestDigest: undefined, fingerprint: '', imageId: '' }
  const { imageId, manifestDigest, fingerprint } = found
  return { ...head, found: '', manifestDigest: sha256ToProto(manifestDigest), fingerprint, imageId }
}
