import { catalog, sha256ToProto } from '@goldkeep/contracts'
import { isDomainError } from '@goldkeep/domain'
import type { Logger } from '@goldkeep/service'
import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { CoordinationClient } from '../catalog/coordination.js'
import type { StagedFile, UploadView } from '../store/upload.js'
import type { VersionStore } from '../store/version-store.js'
import { inParts, filesOfItem, subjectOf, type ReportHead, type ReportItem } from './progress-parts.js'
import type { ReadCount, ReadMeter } from './read-meter.js'
import { isRefusal } from './retry-forever.js'
import type { UploadDesk } from './upload-desk.js'
import { troublesOf, type TroubleDependencies } from './volume-troubles.js'

export interface ProgressDependencies extends TroubleDependencies {
  readonly desk: UploadDesk
  readonly meter: ReadMeter
  readonly catalog: CoordinationClient
  readonly log: Logger
  readonly instanceId: string
}

/** Tells the catalog what is being written and read, and stops the reads of ended deployments. */
export class ProgressReporter {
  readonly #told = new Map<string, string>()
  readonly #refused = new Set<string>()
  #toldTroubles: catalog.VolumeTroubles | undefined

  constructor(private readonly dependencies: ProgressDependencies) {}

  /**
   * Reports in parts. An item that the catalog refuses is logged once and dropped; it stops no other item.
   * @throws what stopped the report; everything that was not taken is reported again
   */
  async report(signal: AbortSignal): Promise<void> {
    const { store, meter, instanceId } = this.dependencies
    const uploads = this.#changedUploads()
    const items = [...uploads.flatMap(({ items: some }) => some), ...meter.take().flatMap(readItems)]
    const waiting = new Set(items.flatMap(({ read }) => read ?? []))
    try {
      const space = await this.#space()
      const troubles = this.#changedTroubles()
      for (const part of inParts(items)) {
        await this.#send({ volumeId: store.identity.volume, instanceId, ...space, troubles }, part, signal)
        this.#toldTroubles = troubles ?? this.#toldTroubles
        for (const { read } of part) if (read) waiting.delete(read)
      }
      for (const { versionId, fingerprint } of uploads) this.#told.set(versionId, fingerprint)
    } catch (error) {
      meter.putBack([...waiting])
      throw error
    }
  }

  /** Tells that this service stops, so that the next need not wait until this one has been silent for a while. */
  async end(signal: AbortSignal): Promise<void> {
    const { store, catalog: client, instanceId } = this.dependencies
    await client.reportProgress({ volumeId: store.identity.volume, instanceId, stopping: true }, { signal })
  }

  #changedUploads() {
    const { store, desk } = this.dependencies
    const views = store.views()
    const present = new Set<string>(views.map(({ upload }) => upload.versionId))
    for (const versionId of this.#told.keys()) if (!present.has(versionId)) this.#told.delete(versionId)
    return views.flatMap((view) => {
      const { versionId } = view.upload
      const fingerprint = fingerprintOf(view, desk)
      // One that is being written is alive even if nothing became durable since.
      const isAlive = desk.writing(versionId).length > 0
      if (!isAlive && this.#told.get(versionId) === fingerprint) return []
      return [{ versionId, fingerprint, items: uploadItems(view, desk) }]
    })
  }

  /** A volume whose room cannot be read still has uploads and reads to report. */
  async #space(): Promise<Partial<Awaited<ReturnType<typeof spaceOf>>>> {
    try {
      return await spaceOf(this.dependencies.store)
    } catch (error) {
      this.#logOnce('space', error, 'the room on the volume cannot be read')
      return {}
    }
  }

  #changedTroubles(): catalog.VolumeTroubles | undefined {
    const sentences = troublesOf(this.dependencies)
    return isDeepStrictEqual(sentences, this.#toldTroubles?.sentences) ? undefined : { sentences }
  }

  async #send(head: ReportHead, part: readonly ReportItem[], signal: AbortSignal): Promise<void> {
    const { catalog: client, meter } = this.dependencies
    try {
      const uploads = part.flatMap(({ upload }) => upload ?? [])
      const reads = part.flatMap(({ message }) => message ?? [])
      const clockTime = new Date()
      const answer = await client.reportProgress({ ...head, clockTime, uploads, reads }, { signal })
      meter.end(answer.endedDeploymentIds)
      for (const { subjectId, reason } of answer.refused) this.#logOnce(subjectId, reason, refusedText)
    } catch (error) {
      if (!isRefusal(error) || isDomainError(error, 'VOLUME_SERVED_ELSEWHERE')) throw error
      if (part.length <= 1) return this.#logOnce(subjectOf(part[0]), error, refusedText)
      const middle = Math.ceil(part.length / 2)
      await this.#send(head, part.slice(0, middle), signal)
      await this.#send(head, part.slice(middle), signal)
    }
  }

  #logOnce(subject: string, why: unknown, message: string): void {
    if (this.#refused.has(subject)) return
    if (this.#refused.size >= mostRemembered) this.#refused.clear()
    this.#refused.add(subject)
    this.dependencies.log.error(
      { subject, ...(typeof why === 'string' ? { reason: why } : { err: why }) },
      message,
    )
  }
}

const refusedText = 'the catalog refuses an item of a progress report; it is left out'
/** Subjects whose refusal has been logged. */
const mostRemembered = 1_000

/** Cheap also for thousands of files. */
function fingerprintOf(view: UploadView, desk: UploadDesk): string {
  const hash = createHash('sha1')
  for (const { path, attemptId, state, committedSize, updateTime } of view.files)
    hash.update(`${path} ${attemptId} ${state} ${committedSize} ${updateTime}\n`)
  for (const path of desk.writing(view.upload.versionId)) hash.update(path)
  return hash.digest('base64')
}

function uploadItems(view: UploadView, desk: UploadDesk): ReportItem[] {
  const head = { versionId: view.upload.versionId, lastByteTime: new Date(view.lastByteTime) }
  const files = uploadFiles(view, desk)
  const items: ReportItem[] = []
  // An upload without a file is reported all the same: it is alive.
  for (let start = 0; start === 0 || start < files.length; start += filesOfItem)
    items.push({ upload: { ...head, files: files.slice(start, start + filesOfItem) } })
  return items
}

/** A file in each item; a deployment that reads nothing now, and has a reader, is reported all the same. */
function readItems({ deploymentId, lastRead, files }: ReadCount): ReportItem[] {
  const one = (some: ReadCount['files']): ReportItem => ({
    read: { deploymentId, lastRead, files: some },
    message: { deploymentId, lastReadTime: lastRead, files: some.map(encodeFileRead) },
  })
  return files.length === 0 ? [one([])] : files.map((file) => one([file]))
}

const encodeFileRead = ({ path, ranges }: ReadCount['files'][number]): catalog.FileRead => ({
  path,
  ranges: ranges.map(({ start, end }) => ({ start: BigInt(start), end: BigInt(end) })),
})

/** The files of an upload as the contracts have them. */
export function uploadFiles(view: UploadView, desk: UploadDesk): catalog.UploadFile[] {
  const writing = new Set(desk.writing(view.upload.versionId))
  return view.files.map((file) => toUploadFile(file, writing.has(file.path)))
}

const stateOf = {
  STOPPED: catalog.UploadFileState.UPLOAD_FILE_STATE_STOPPED,
  FAILED: catalog.UploadFileState.UPLOAD_FILE_STATE_FAILED,
  BROKEN: catalog.UploadFileState.UPLOAD_FILE_STATE_FAILED,
  COMPLETE: catalog.UploadFileState.UPLOAD_FILE_STATE_COMPLETE,
} as const satisfies Record<StagedFile['state'], catalog.UploadFileState>

function toUploadFile(file: StagedFile, receiving: boolean): catalog.UploadFile {
  const state =
    receiving && file.state === 'STOPPED'
      ? catalog.UploadFileState.UPLOAD_FILE_STATE_RECEIVING
      : stateOf[file.state]
  return catalog.UploadFile.fromPartial({
    path: file.path,
    state,
    attemptId: file.attemptId,
    committedSize: BigInt(file.committedSize),
    failure: file.failure ?? '',
    updateTime: new Date(file.updateTime),
    ...(file.sha256 !== undefined && { digest: sha256ToProto(file.sha256) }),
  })
}

/** Free and total bytes, as the contracts have them. */
export async function spaceOf(
  store: VersionStore,
): Promise<{ readonly capacityBytes: bigint; readonly freeBytes: bigint }> {
  const { capacityBytes, freeBytes } = await store.space()
  return { capacityBytes: BigInt(capacityBytes), freeBytes: BigInt(freeBytes) }
}
