import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { catalog } from '@goldkeep/contracts'
import type { VersionId } from '@goldkeep/domain'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { bytesOf } from './support/bytes.js'
import { newVersion, part1, schema, startTestHouse, type TestHouse } from './support/test-house.js'
import { errno, watchSyscalls } from './support/watched-syscalls.js'
import { sealFileOf, startOf, WriteStream, writeWhole } from './support/write-stream.js'

const bytes = bytesOf(100_000, 'unread')
let house: TestHouse
let versionId: VersionId

beforeEach(async () => {
  versionId = newVersion()
  house = await startTestHouse()
  await (await house.uploader(versionId)).uploads.open({ versionId, schema })
  await writeWhole(await house.uploader(versionId), versionId, part1, bytes)
})
afterEach(() => house.close())

const end = async () =>
  (await house.worker()).admin.endUpload({
    versionId,
    outcome: catalog.Lifecycle.LIFECYCLE_ABORTED,
    epoch: 1n,
    opSeq: 1n,
  })
const uploads = async () => (await house.uploader(versionId)).uploads
const seal = async () => (await uploads()).seal({ versionId, files: [sealFileOf(part1, bytes)] })

/** Starts storage again; the upload's journal cannot be read this once. */
async function restartWithoutJournal(): Promise<void> {
  const syscalls = watchSyscalls()
  syscalls.interfere = ({ name, path }) => {
    if (name === 'open' && path === `staging/${versionId}/journal`) throw errno('EIO')
  }
  await house.restart({ syscalls })
}

describe('an upload that a start could not recover', () => {
  test('is neither ended nor opened anew nor written, and is whole again after the next start', async () => {
    await restartWithoutJournal()
    const before = await house.tree()
    const refused = { reason: 'IO_ERROR' }
    await expect(end()).rejects.toMatchObject(refused)
    await expect((await uploads()).open({ versionId, schema })).rejects.toMatchObject(refused)
    await expect((await uploads()).getStatus({ versionId })).rejects.toMatchObject(refused)
    const stream = new WriteStream(await house.uploader(versionId), startOf(versionId, part1))
    expect(await stream.refusal()).toMatchObject(refused)
    await expect(seal()).rejects.toMatchObject(refused)
    expect(await house.tree()).toEqual(before)
    await house.restart()
    expect((await seal()).recorded).toBe(true)
  })

  test('is not removed as an ended one, whatever its directory is called', async () => {
    const staging = join(house.volume, 'staging')
    const before = (await house.tree()).length
    await house.restart({
      meanwhile: () => rename(join(staging, versionId), join(staging, `.ended-${versionId}`)),
    })
    expect(await house.tree()).toHaveLength(before)
  })
})
