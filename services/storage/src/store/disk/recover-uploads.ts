import { isVersionId, type VersionId } from '@goldkeep/domain'
import type { Logger } from '@goldkeep/service'
import { parseManifest, volumeLayout, volumeNames } from '@goldkeep/volume'
import fs from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Unreadable } from '../unreadable.js'
import type { StoredVersion } from '../version-store.js'
import { listDirectory, withDirectory } from './directories.js'
import { endedVersionOf, removeEnded, removeJournal, removeKnown } from './end-staging.js'
import { decodeFrames } from './journal-frames.js'
import { isReadFailure } from './read-failure.js'
import { sealTree, syncSealed, verifyTree } from './seal-tree.js'
import { StagedDirectory } from './staged-upload.js'
import { isErrno } from './syscalls.js'
import { replay } from './upload-records.js'
import { describeVersion, type Belongings } from './version-index.js'
import { readWhole } from './whole-files.js'

const layout = volumeLayout('')
const { O_NOFOLLOW, O_RDWR } = fs.constants

export interface Recovery extends Belongings {
  readonly log: Logger
  readonly index: Map<VersionId, StoredVersion>
  readonly unreadable: Set<Unreadable>
}

export interface RecoveredUploads {
  readonly uploads: Map<VersionId, StagedDirectory>
  /** Kept as they are until the next start, each with what went wrong. */
  readonly unrecovered: Map<VersionId, unknown>
}

/** Goes on with what an earlier run left in `staging/`. One upload's fault does not keep the others away. */
export async function recoverUploads(recovery: Recovery): Promise<RecoveredUploads> {
  const uploads = new Map<VersionId, StagedDirectory>()
  const unrecovered = new Map<VersionId, unknown>()
  for (const name of await listDirectory(recovery.root, layout.stagingRoot)) {
    try {
      const ended = endedVersionOf(name)
      if (ended !== undefined) await removeLeftover(recovery, name, ended)
      else if (isVersionId(name)) {
        const staged = await recoverUpload(recovery, name)
        if (staged) uploads.set(name, staged)
      }
    } catch (error) {
      recovery.log.error({ err: error, staged: name }, 'a staged upload could not be recovered; it is kept')
      if (isVersionId(name)) unrecovered.set(name, error)
    }
  }
  return { uploads, unrecovered }
}

async function recoverUpload(recovery: Recovery, versionId: VersionId): Promise<StagedDirectory | undefined> {
  const { root, log } = recovery
  const staged = await StagedDirectory.recover(root, versionId, log)
  // Of a sealed one the removal of its staging was under way.
  if (!staged && recovery.index.has(versionId)) await removeJournal(root, layout.staging(versionId), log)
  if (!staged) return undefined
  await endAgain(recovery, staged)
  switch (staged.state.phase) {
    case 'OPEN':
      for (const file of staged.state.files.values()) await cutBack(staged, file.path)
      return staged
    case 'SEALING':
      // A fault leaves it SEALING: its seal can be asked for again after the next start.
      await rollForward(recovery, staged).catch((error: unknown) => {
        log.error({ err: error, versionId }, 'a seal that had begun could not be rolled forward')
        staged.condemn(error)
      })
      return staged
    case 'SEALED':
      return staged
    case 'ABORTED':
    case 'EXPIRED':
      await staged.journal.close()
      await finishEnding(recovery, staged)
      return undefined
  }
}

/**
 * A directory that was put back from a copy may be that of an upload which has ended since: an end that was answered
 * stays.
 */
async function endAgain({ commands, log }: Recovery, staged: StagedDirectory): Promise<void> {
  const { phase, upload } = staged.state
  const last = commands.find(upload.versionId)
  if (phase !== 'OPEN' || last?.verb !== 'end-upload' || last.outcome === 'SEALED') return
  const { outcome, epoch, opSeq } = last
  log.warn(
    { versionId: upload.versionId, outcome },
    'an upload that had ended was put back; it is ended again',
  )
  await staged.record({ t: 'ended', outcome, epoch, opSeq })
}

/** A file's own length proves nothing after power loss: what the journal says is durable counts. */
async function cutBack(staged: StagedDirectory, path: StagedPath): Promise<void> {
  const file = staged.state.files.get(path)
  if (!file || file.state === 'BROKEN') return
  const { sys } = staged.root
  const found = await openStaged(staged, path)
  const size = found?.size ?? 0
  try {
    if (size < file.committedSize || (file.state === 'COMPLETE' && size !== file.committedSize)) {
      const failure = `expected ${file.committedSize} bytes on the volume, found ${found ? size : 'no file'}`
      await staged.record({ t: 'broken', path, attempt: file.attemptId, failure })
    } else if (found && size > file.committedSize) {
      await sys.ftruncate(found.fd, file.committedSize)
      await sys.fsync(found.fd)
    }
  } finally {
    if (found) await sys.close(found.fd)
  }
}

type StagedPath = Parameters<StagedDirectory['state']['files']['get']>[0]

async function openStaged(
  staged: StagedDirectory,
  path: StagedPath,
): Promise<{ fd: number; size: number } | undefined> {
  const { root, tree } = staged
  try {
    const fd = await withDirectory(root, join(tree, dirname(path)), (directory) =>
      root.sys.open(directory.at(basename(path)), O_RDWR | O_NOFOLLOW),
    )
    return { fd, size: (await root.sys.fstat(fd)).size }
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Ends a journalled seal, wherever it stopped, after every digest has been compared. */
async function rollForward(recovery: Recovery, staged: StagedDirectory): Promise<void> {
  const { root, log, index, unreadable } = recovery
  const text = staged.state.manifest ?? ''
  const manifest = parseManifest(Buffer.from(text))
  const versionPath = layout.version(manifest.image, manifest.version)
  if (index.has(manifest.version)) {
    await verifyTree(root, versionPath, manifest).catch((error: unknown) => {
      // Never answered, and not what it was to be: nobody is told that it is a version.
      index.delete(manifest.version)
      if (isReadFailure(error))
        unreadable.add({ what: 'version', versionId: manifest.version, imageId: manifest.image })
      throw error
    })
    await syncSealed(root, manifest)
  } else {
    await verifyTree(root, staged.tree, manifest)
    await sealTree(root, text)
    index.set(manifest.version, await describeVersion(recovery, manifest.image, manifest.version))
  }
  await staged.record({ t: 'sealed' })
  log.info({ versionId: manifest.version, imageId: manifest.image }, 'a seal was rolled forward')
}

/** Carries out an end that is in the upload's journal. */
export async function finishEnding(
  { root, log, commands }: Pick<Recovery, 'root' | 'log' | 'commands'>,
  staged: StagedDirectory,
): Promise<void> {
  const { upload, files, ended } = staged.state
  const version = upload.versionId
  if (!ended) throw new Error(`upload ${version} has not ended`)
  if (!commands.find(version)) await commands.recordEnd(version, ended, ended.outcome)
  await removeEnded(root, version, files.keys(), log)
}

/** Removes what is left of an upload that has ended; a directory that is only called so is kept. */
async function removeLeftover(
  { root, log, commands }: Recovery,
  name: string,
  version: string,
): Promise<void> {
  const directory = join(layout.stagingRoot, name)
  const journal = (await readWhole(root, join(directory, volumeNames.journal))) ?? new Uint8Array()
  const { records, end } = decodeFrames(journal)
  if (end === 'damaged') throw new Error('its journal is damaged')
  const state = records.length > 0 ? replay(records) : undefined
  const command = isVersionId(version) ? commands.find(version) : undefined
  const isEnded = command?.verb === 'end-upload' && command.outcome !== 'SEALED'
  if (!state?.ended && !isEnded) throw new Error('no journal says that this upload has ended')
  await removeKnown(root, directory, state?.files.keys() ?? [], log)
}
