import { DomainError, newAttemptId, type AttemptId, type FilePath } from '@goldkeep/domain'
import { createHash, type Hash } from 'node:crypto'
import fs from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { StagedFile } from '../upload.js'
import type { AttemptMode, AttemptWriter } from '../version-store.js'
import { AttemptFile } from './attempt-file.js'
import { DiskAttemptWriter } from './attempt-writer.js'
import { makeDirectory, withDirectory } from './directories.js'
import type { StagedDirectory } from './staged-upload.js'
import { hashPrefix, ignoreAbsent } from './whole-files.js'

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = fs.constants

/** Begins or goes on with an attempt. See VersionStore.openAttempt. */
export async function openAttempt(
  staged: StagedDirectory,
  path: FilePath,
  mode: AttemptMode,
  onHashing: (bytes: number) => void,
): Promise<AttemptWriter> {
  staged.requireOpen()
  return staged.whileClaimed(path, async () => {
    // Before a restart gives up what is there.
    await staged.root.room.take(1)
    if (mode.kind === 'restart') {
      staged.countStream()
      return restart(staged, path)
    }
    const file = requireResumable(staged.state.files.get(path), path, mode.attemptId, mode.offset)
    staged.countStream()
    if (file.committedSize === 0) return beginFile(staged, path, file.attemptId)
    return resume(staged, file, onHashing)
  })
}

/** Discards the attempt before this one, durably, before anything of it is touched. */
async function restart(staged: StagedDirectory, path: FilePath): Promise<AttemptWriter> {
  const attempt = newAttemptId()
  await staged.record({ t: 'attempt', path, attempt })
  staged.hashes.delete(path)
  return beginFile(staged, path, attempt)
}

/**
 * An empty file of its own for the attempt: the old name is unlinked, not truncated, so that a writer that
 * still has the old one open can never write into this one.
 */
async function beginFile(
  staged: StagedDirectory,
  path: FilePath,
  attempt: AttemptId,
): Promise<AttemptWriter> {
  const { root, tree } = staged
  const parent = join(tree, dirname(path))
  await makeDirectory(root, parent)
  const fd = await withDirectory(root, parent, async (directory) => {
    const name = directory.at(basename(path))
    await root.sys.unlink(name).catch(ignoreAbsent)
    const opened = await root.sys.open(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644)
    await directory.sync().catch(async (error: unknown) => {
      await root.sys.close(opened)
      throw error
    })
    return opened
  })
  return new DiskAttemptWriter(staged, path, attempt, new AttemptFile(root, fd), 0, createHash('sha256'))
}

async function resume(
  staged: StagedDirectory,
  file: StagedFile,
  onHashing: (bytes: number) => void,
): Promise<AttemptWriter> {
  const { root, tree } = staged
  const { path, attemptId, committedSize } = file
  const fd = await withDirectory(root, join(tree, dirname(path)), (directory) =>
    root.sys.open(directory.at(basename(path)), O_RDWR | O_NOFOLLOW),
  )
  try {
    const stats = await root.sys.fstat(fd)
    if (!stats.isFile() || stats.size < committedSize) {
      const failure = `expected ${committedSize} committed bytes on the volume, found ${stats.size}`
      await staged.record({ t: 'broken', path, attempt: attemptId, failure })
      throw attemptBroken(path, failure)
    }
    if (stats.size > committedSize) await root.sys.ftruncate(fd, committedSize)
    const hash = await hashCommitted(staged, file, fd, onHashing)
    const opened = new AttemptFile(root, fd)
    return new DiskAttemptWriter(staged, path, attemptId, opened, committedSize, hash)
  } catch (error) {
    await root.sys.close(fd)
    throw error
  }
}

async function hashCommitted(
  staged: StagedDirectory,
  { path, attemptId, committedSize }: StagedFile,
  fd: number,
  onHashing: (bytes: number) => void,
): Promise<Hash> {
  const kept = staged.hashes.get(path)
  staged.hashes.delete(path)
  if (kept?.attemptId === attemptId && kept.size === committedSize) return kept.hash
  return hashPrefix(staged.root.sys, fd, committedSize, onHashing)
}

function requireResumable(
  file: StagedFile | undefined,
  path: FilePath,
  attemptId: AttemptId,
  offset: number,
): StagedFile {
  if (file?.attemptId !== attemptId)
    throw new DomainError(
      'ATTEMPT_SUPERSEDED',
      `${path}: attempt ${attemptId} is not the present one; restart the file from its first byte`,
      { path, attempt_id: attemptId, ...(file && { present_attempt_id: file.attemptId }) },
    )
  if (file.state === 'COMPLETE')
    throw new DomainError('FILE_COMPLETE', `${path} is complete with ${file.committedSize} bytes`, {
      path,
      size: String(file.committedSize),
      sha256: file.sha256 ?? '',
    })
  if (file.state !== 'STOPPED') throw attemptBroken(path, file.failure ?? file.state)
  if (offset !== file.committedSize)
    throw new DomainError(
      'OFFSET_MISMATCH',
      `${path}: expected to go on at byte ${file.committedSize}, found ${offset}`,
      { path, committed_size: String(file.committedSize), found: String(offset) },
    )
  return file
}

function attemptBroken(path: FilePath, failure: string): DomainError {
  return new DomainError('ATTEMPT_BROKEN', `${path}: the attempt cannot be gone on with: ${failure}`, {
    path,
    failure,
  })
}
