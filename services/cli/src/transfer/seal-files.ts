import type { SealedFile, UploadSession } from '@goldkeep/client'
import { catalog, storage } from '@goldkeep/contracts'
import { DomainError, listed } from '@goldkeep/domain'
import { readFile } from 'node:fs/promises'
import { usageError } from '../cli-error.js'
import { hexDigest } from '../views/words.js'
import type { UploadRecords } from './upload-records.js'

/** The files to seal, and those among them whose digest nobody but storage has counted. */
export interface SealList {
  readonly files: readonly SealedFile[]
  readonly onStorageWord: readonly string[]
}

/**
 * Every staged file with the digest that was counted here while it was sent. What another machine sent
 * is sealed with storage's own digest; the caller says so.
 * @throws DomainError FILE_UNFINISHED
 */
export async function listFromRecords(
  upload: UploadSession,
  status: storage.UploadStatus,
  records: UploadRecords,
): Promise<SealList> {
  const unfinished = status.files.filter(
    (file) => file.state !== catalog.UploadFileState.UPLOAD_FILE_STATE_COMPLETE,
  )
  if (unfinished.length > 0) throw notFinished(upload.versionId, unfinished)
  const onStorageWord: string[] = []
  const files: SealedFile[] = []
  for (const { path, committedSize, attemptId, digest } of status.files) {
    const record = await records.read(upload.versionId, path)
    const own = record?.attemptId === attemptId ? record.finished : undefined
    // A version that is sealed already is only answered again.
    if (!own && status.state === storage.UploadState.UPLOAD_STATE_OPEN) onStorageWord.push(path)
    files.push({ path, ...(own ?? { size: Number(committedSize), sha256: hexDigest(digest) ?? '' }) })
  }
  return { files, onStorageWord }
}

/** The files and digests of a list as `sha256sum` prints it; sizes are storage's. */
export async function listFromSums(sumsFile: string, status: storage.UploadStatus): Promise<SealList> {
  const sums = parseSums(await readFile(sumsFile, 'utf8'), sumsFile)
  const files = sums.map(({ path, sha256 }) => {
    const staged = status.files.find((file) => file.path === path)
    // A file that is not staged is refused by storage, which names it.
    return { path, sha256, size: Number(staged?.committedSize ?? 0n) }
  })
  return { files, onStorageWord: [] }
}

/** The schema and Goldkeep's own files may stand in the list; they are not the client's to seal. */
const notSealed = new Set(['schema', 'version.json'])

export function parseSums(text: string, name: string): { path: string; sha256: string }[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  const sums = lines.map((line, index) => {
    const [, sha256, path] = /^([0-9a-f]{64}) [ *](?:\.\/)?(.+)$/i.exec(line) ?? []
    if (!sha256 || !path)
      throw usageError(`${name}, line ${index + 1}: expected "<sha256>  <path>", found ${line.slice(0, 100)}`)
    return { path, sha256: sha256.toLowerCase() }
  })
  return sums.filter(({ path }) => !notSealed.has(path))
}

function notFinished(versionId: string, files: readonly catalog.UploadFile[]): DomainError {
  const names = listed(files.map((file) => file.path))
  return new DomainError(
    'FILE_UNFINISHED',
    `expected every file to be complete, found ${names} unfinished; write them again, then seal`,
    { version_id: versionId, files: names },
  )
}
