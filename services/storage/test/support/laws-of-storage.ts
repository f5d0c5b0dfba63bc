import { isDomainError, type FilePath, type VersionId } from '@goldkeep/domain'
import { volumeLayout } from '@goldkeep/volume'
import { join } from 'node:path'
import type { StagedFile, UploadView } from '../../src/store/upload.js'
import { brokenOnDisk, readIfThere } from './laws-of-the-disk.js'
import type { KnownFile, KnownUpload, KnownVersion, Ledger, Place, UploadIs } from './ledger.js'

/** A storage service that runs, asked in-process or over the wire. Refusals are DomainErrors. */
export interface Storage {
  view(versionId: VersionId): Promise<Pick<UploadView, 'phase' | 'files'>>
  readFile(versionId: VersionId, path: FilePath): Promise<Buffer>
  /** Asks again for a command that a later one has overtaken; its refusal is expected. */
  commandTooLate?(versionId: VersionId, opSeq: number): Promise<unknown>
}

/**
 * Holds a storage service that runs, and the volume below it, to what the ledger remembers.
 * @returns what is broken, in sentences; none when the laws hold
 */
export async function brokenLaws(volume: string, storage: Storage, ledger: Ledger): Promise<string[]> {
  return [...brokenOnDisk(volume, ledger), ...(await brokenAnswers(volume, storage, ledger))]
}

/** Holds the service alone to what the ledger, or a part of it, remembers. */
export async function brokenAnswers(volume: string, storage: Storage, ledger: Ledger): Promise<string[]> {
  const broken: string[] = []
  for (const [versionId, known] of ledger.versions)
    broken.push(...(await brokenReading(storage, versionId, known)))
  for (const [versionId, known] of ledger.uploads)
    broken.push(...(await brokenUpload(volume, storage, versionId, known)))
  return broken
}

/** Where a version can be read; a deployment goes on with one in the trash. */
const readable: readonly Place[] = ['versions', 'trash']

async function brokenReading(storage: Storage, versionId: VersionId, known: KnownVersion): Promise<string[]> {
  const broken: string[] = []
  for (const [path, bytes] of known.files) {
    const found = await answerOf(storage.readFile(versionId, path as FilePath))
    if (found instanceof Buffer) {
      if (!readable.some((place) => known.may.has(place)))
        broken.push(`${versionId} is served, and is ${[...known.may].join(' or ')}`)
      if (!found.equals(bytes)) broken.push(`${path} of ${versionId} is read as other bytes`)
    } else if ([...known.may].every((place) => readable.includes(place)))
      broken.push(`${path} of ${versionId} cannot be read: ${String(found)}`)
  }
  if (known.lastSeq !== undefined && storage.commandTooLate) {
    const answer = await answerOf(storage.commandTooLate(versionId, known.lastSeq - 1))
    if (answer !== 'STALE_COMMAND') broken.push(`a late command about ${versionId} had ${String(answer)}`)
  }
  return broken
}

async function brokenUpload(
  volume: string,
  storage: Storage,
  versionId: VersionId,
  known: KnownUpload,
): Promise<string[]> {
  const view = await answerOf(storage.view(versionId))
  const is = typeof view === 'string' ? absences[view] : phases[view.phase]
  if (is === undefined) return [`upload ${versionId} is told as ${JSON.stringify(view)}`]
  if (!known.may.has(is)) return [`upload ${versionId} is ${is}, expected ${[...known.may].join(' or ')}`]
  if (is !== 'OPEN' || typeof view === 'string') return []
  const tree = volumeLayout(volume).stagedTree(versionId)
  return [...known.files].flatMap(([path, file]) => {
    const found = view.files.find((one) => one.path === path)
    if (known.restarting.has(path) && found?.attemptId !== file.attemptId) return []
    return brokenFile(join(tree, path), file, found)
  })
}

/** How a refusal to show an upload is understood. */
const absences: Record<string, UploadIs | undefined> = {
  UPLOAD_NOT_FOUND: 'ABSENT',
  UPLOAD_ENDED: 'ENDED',
  // The version that it became lies in the trash, or was purged.
  SEAL_BEGUN: 'SEALED',
  VERSION_GONE: 'SEALED',
}

const phases = {
  OPEN: 'OPEN',
  SEALING: 'SEALING',
  SEALED: 'SEALED',
  ABORTED: 'ENDED',
  EXPIRED: 'ENDED',
} as const

function brokenFile(path: string, known: KnownFile, found: StagedFile | undefined): string[] {
  if (known.attemptId === undefined) return []
  if (found?.attemptId !== known.attemptId)
    return [`${path}: attempt ${known.attemptId} is ${found?.attemptId ?? 'forgotten'}`]
  if (found.state === 'BROKEN' || found.state === 'FAILED')
    return known.mayBreak ? [] : [`${path} is ${found.state}: ${found.failure}`]
  if (found.committedSize < known.committed)
    return [`${path}: ${known.committed} bytes were acknowledged, ${found.committedSize} are there`]
  if (known.complete && found.state !== 'COMPLETE') return [`${path} was complete and is ${found.state}`]
  const staged = readIfThere(path)?.subarray(0, found.committedSize) ?? Buffer.alloc(0)
  return staged.equals(known.bytes.subarray(0, found.committedSize)) ? [] : [`${path} has other bytes`]
}

/** The reason of a refusal in place of the answer. */
async function answerOf<T>(answer: Promise<T>): Promise<T | string> {
  try {
    return await answer
  } catch (error) {
    if (isDomainError(error)) return error.reason
    throw error
  }
}
