import { catalog, sha256ToProto } from '@goldkeep/contracts'
import { parseDeploymentId } from '@goldkeep/domain'
import type { CoordinationClient } from '../catalog/coordination.js'
import type { StagedFile, UploadView } from '../store/upload.js'
import type { VersionStore } from '../store/version-store.js'
import type { ReadMeter } from './read-meter.js'
import type { UploadDesk } from './upload-desk.js'

export interface ProgressDependencies {
  readonly store: VersionStore
  readonly desk: UploadDesk
  readonly meter: ReadMeter
  readonly catalog: CoordinationClient
}

/** Tells the catalog what is being written and read, and stops the reads of ended deployments. */
export class ProgressReporter {
  readonly #told = new Map<string, string>()

  constructor(private readonly dependencies: ProgressDependencies) {}

  async report(signal: AbortSignal): Promise<void> {
    const { store, desk, meter, catalog: client } = this.dependencies
    const reads = meter.take()
    const views = store.views()
    const changed = views.filter((view) => this.#hasChanged(view, desk))
    const present = new Set<string>(views.map(({ upload }) => upload.versionId))
    for (const versionId of this.#told.keys()) if (!present.has(versionId)) this.#told.delete(versionId)
    try {
      const answer = await client.reportProgress(
        {
          volumeId: store.identity.volume,
          uploads: changed.map((view) => ({
            versionId: view.upload.versionId,
            files: uploadFiles(view, desk),
            lastByteTime: new Date(view.lastByteTime),
          })),
          reads: reads.map(({ deploymentId, bytesRead, lastRead }) => ({
            deploymentId,
            bytesRead: BigInt(bytesRead),
            lastReadTime: lastRead,
          })),
          ...(await spaceOf(store)),
        },
        { signal },
      )
      for (const view of changed) this.#told.set(view.upload.versionId, fingerprint(view, desk))
      meter.end(answer.endedDeploymentIds.map(parseDeploymentId))
    } catch (error) {
      meter.putBack(reads)
      throw error
    }
  }

  #hasChanged(view: UploadView, desk: UploadDesk): boolean {
    // One that is being written is alive even if nothing became durable since.
    const { versionId } = view.upload
    return desk.writing(versionId).length > 0 || this.#told.get(versionId) !== fingerprint(view, desk)
  }
}

const fingerprint = (view: UploadView, desk: UploadDesk): string =>
  JSON.stringify([view.files, desk.writing(view.upload.versionId)])

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
