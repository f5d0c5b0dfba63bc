import {
  cutFailures,
  findingToProto,
  inField,
  sha256FromProto,
  sha256ToProto,
  storage,
} from '@goldkeep/contracts'
import { DomainError, parseFilePath, parseVersionId } from '@goldkeep/domain'
import { setTimeout } from 'node:timers/promises'
import { openUpload } from '../operations/open-upload.js'
import { uploadFiles } from '../operations/report-progress.js'
import { sealUpload, type SealDependencies } from '../operations/seal-upload.js'
import { writeFile, type WriteDependencies } from '../operations/write-file.js'
import type { SealEntry, UploadPhase, UploadView } from '../store/upload.js'
import type { Door } from './authorize.js'
import { decodeStart, writeDecoder } from './write-requests.js'
import { encodeOutput, openInbox } from './write-messages.js'
import { sizeFromProto } from './sizes.js'

export type UploadDependencies = WriteDependencies & SealDependencies

/** The service that receives uploads. */
export function uploadDataService(
  door: Door,
  dependencies: UploadDependencies,
): storage.UploadDataServiceImplementation {
  const { store, desk } = dependencies
  const encodeView = (view: UploadView): storage.UploadStatus => ({
    versionId: view.upload.versionId,
    state: phases[view.phase],
    files: cutFailures(uploadFiles(view, desk)),
    lastByteTime: new Date(view.lastByteTime),
  })
  return {
    async open(request, context) {
      const versionId = parseVersionId(request.versionId)
      const grant = await door.uploadOf(context, versionId)
      return encodeView(await openUpload(dependencies, versionId, grant, request.schema))
    },

    async *write(requests, context) {
      const messages = requests[Symbol.asyncIterator]()
      const first = await firstWithin(messages, dependencies.streamIdleMs)
      const start = decodeStart(first.done ? undefined : first.value.message)
      await door.uploadOf(context, start.versionId)
      const inbox = openInbox(messages, writeDecoder(start))
      for await (const output of writeFile(dependencies, start, inbox, context.signal))
        yield encodeOutput(output)
    },

    async getStatus(request, context) {
      const versionId = parseVersionId(request.versionId)
      await door.uploadOf(context, versionId)
      return encodeView(await store.view(versionId))
    },

    async seal(request, context) {
      const versionId = parseVersionId(request.versionId)
      await door.uploadOf(context, versionId)
      const answer = await sealUpload(dependencies, versionId, decodeEntries(request.files))
      return {
        versionId,
        manifest: answer.manifest,
        manifestDigest: sha256ToProto(answer.version.manifestDigest),
        findings: answer.findings.map((finding) => findingToProto(finding)),
        recorded: answer.recorded,
      }
    },
  }
}

/** @throws DomainError UNAVAILABLE when no Start comes */
async function firstWithin(
  messages: AsyncIterator<storage.WriteRequest>,
  idleMs: number,
): Promise<IteratorResult<storage.WriteRequest>> {
  const waiting = new AbortController()
  const late = setTimeout(idleMs, undefined, { signal: waiting.signal }).then(() => {
    throw new DomainError('UNAVAILABLE', `a Write was opened and no Start came for ${idleMs} ms`)
  })
  late.catch(() => {})
  try {
    return await Promise.race([messages.next(), late])
  } finally {
    waiting.abort()
  }
}

const phases = {
  OPEN: storage.UploadState.UPLOAD_STATE_OPEN,
  SEALING: storage.UploadState.UPLOAD_STATE_SEALING,
  SEALED: storage.UploadState.UPLOAD_STATE_SEALED,
  ABORTED: storage.UploadState.UPLOAD_STATE_ABORTED,
  EXPIRED: storage.UploadState.UPLOAD_STATE_EXPIRED,
} as const satisfies Record<UploadPhase, storage.UploadState>

function decodeEntries(files: readonly storage.SealFile[]): SealEntry[] {
  const seen = new Set<string>()
  return files.map((file) => {
    const { path } = file
    if (seen.has(path))
      throw new DomainError('INVALID_FIELD', `files: ${path} is listed twice`, { field: 'files', path })
    seen.add(path)
    return inField('files', () => decodeEntry(file))
  })
}

const decodeEntry = ({ path, size, digest }: storage.SealFile): SealEntry => ({
  path: parseFilePath(path),
  size: sizeFromProto('size', size),
  sha256: sha256FromProto(digest),
})
