import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { newVersionId, parseFilePath } from '@goldkeep/domain'
import { createLogger } from '@goldkeep/service'
import { temporaryDirectory } from '@goldkeep/testing'
import { volumeLayout } from '@goldkeep/volume'
import type { StagedUpload } from '../upload.js'
import type { AttemptMode } from '../version-store.js'
import { DirectWrites } from './direct-writes.js'
import { makeDirectory, openRoot, type VolumeRoot } from './directories.js'
import { openAttempt } from './open-attempt.js'
import { Room } from './room.js'
import { StagedDirectory } from './staged-upload.js'
import { nodeSyscalls } from './syscalls.js'

const path = parseFilePath('hd0/part1.winpe.wim')
let root: VolumeRoot
let staged: StagedDirectory
let remove: () => Promise<void>

beforeEach(async () => {
  const directory = await temporaryDirectory('staged-upload')
  remove = directory.remove
  const roomOf = (fd: number): Room => new Room(nodeSyscalls, fd, 0)
  root = await openRoot(nodeSyscalls, directory.path, roomOf, new DirectWrites('never'))
  const versionId = newVersionId(new Date())
  await makeDirectory(root, volumeLayout('').stagedTree(versionId))
  const upload = { versionId } as StagedUpload
  const opened = { t: 'opened', format: 1, upload, time: new Date().toISOString() } as const
  staged = await StagedDirectory.create(root, opened, createLogger('storage', 'silent'))
})
afterEach(async () => {
  await staged.journal.close()
  await nodeSyscalls.close(root.fd)
  await remove()
})

async function open(mode: AttemptMode): Promise<AttemptMode> {
  const writer = await openAttempt(staged, path, mode, () => {})
  await writer.close()
  return { kind: 'resume', attemptId: writer.attemptId, offset: 0 }
}
const refused = { reason: 'LIMIT_EXCEEDED' }

describe('an upload whose streams have begun and ended many thousand times in one run', () => {
  test('begins no more of them, and keeps what it has', async () => {
    const again = await open({ kind: 'restart' })
    for (let stream = 2; stream <= 32 * 1024; stream += 1) staged.countStream()
    const before = staged.view
    await expect(open({ kind: 'restart' })).rejects.toMatchObject(refused)
    await expect(open(again)).rejects.toMatchObject(refused)
    expect(staged.view).toEqual(before)
  })

  test('counts the last words of producers', async () => {
    for (let failures = 0; failures < 2; failures += 1) {
      const writer = await openAttempt(staged, path, { kind: 'restart' }, () => {})
      await writer.fail('x'.repeat(8 * 1024 * 1024))
      await writer.close()
    }
    await expect(open({ kind: 'restart' })).rejects.toMatchObject(refused)
  })

  test('does not count streams that were refused', async () => {
    const resume: AttemptMode = { kind: 'resume', attemptId: 'att-other' as never, offset: 0 }
    for (let stream = 0; stream <= 32 * 1024; stream += 1)
      await openAttempt(staged, path, resume, () => {}).catch(() => {})
    await expect(open(resume)).rejects.toMatchObject({ reason: 'ATTEMPT_SUPERSEDED' })
    await open({ kind: 'restart' })
  })
})
