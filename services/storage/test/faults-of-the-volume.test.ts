import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { VersionId } from '@goldkeep/domain'
import { appendFile, chmod, readlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bytesOf, sha256 } from './support/bytes.js'
import {
  imageId,
  imageUid,
  newVersion,
  part1,
  schema,
  startTestHouse,
  type TestHouse,
} from './support/test-house.js'
import { errno, watchSyscalls, type WatchedSyscalls } from './support/watched-syscalls.js'
import {
  chunkOf,
  finishOf,
  readWhole,
  sealFileOf,
  startOf,
  uploadWhole,
  WriteStream,
  writeWhole,
} from './support/write-stream.js'
import { basesToProto } from './support/bases.js'

const bytes = bytesOf(300_000, 'faults')
let house: TestHouse
let sys: WatchedSyscalls
let versionId: VersionId

beforeEach(async () => {
  sys = watchSyscalls()
  versionId = newVersion()
  house = await startTestHouse({ syscalls: sys, env: { GOLDKEEP_SYNC_INTERVAL: '10s' } })
})
afterEach(() => house.close())

const uploads = async () => (await house.uploader(versionId)).uploads
const open = async () => (await uploads()).open({ versionId, schema })
const seal = async () => (await uploads()).seal({ versionId, files: [sealFileOf(part1, bytes)] })
const staged = (path: string): string => join(house.volume, 'staging', versionId, 'tree', path)
const sealed = (path: string): string => join(house.volume, 'images', imageId, 'versions', versionId, path)

test('a Finish that found no room in the journal can be repeated', async () => {
  await open()
  const stream = new WriteStream(await house.uploader(versionId), startOf(versionId, part1))
  const { attemptId } = await stream.until('ready')
  let faults = 0
  sys.interfere = ({ name, path }) => {
    if (name === 'write' && path.endsWith('/journal') && ++faults === 1) throw errno('ENOSPC')
  }
  stream.send(chunkOf(bytes, 0), finishOf(bytes.length, sha256(bytes)))
  expect(await stream.refusal()).toMatchObject({ reason: 'NO_SPACE' })
  const resume = { attemptId, offset: 0 }
  const again = new WriteStream(await house.uploader(versionId), startOf(versionId, part1, { resume }))
  await again.until('ready')
  again.send(chunkOf(bytes, 0), finishOf(bytes.length, sha256(bytes)))
  await again.until('done')
  await seal()
})

describe('a seal is refused', () => {
  beforeEach(async () => {
    await open()
    await writeWhole(await house.uploader(versionId), versionId, part1, bytes)
  })

  test('when a file is staged that no journal knows', async () => {
    await writeFile(staged('hd0/part1.ntfs.gz'), 'someone put this here')
    await expect(seal()).rejects.toMatchObject({ reason: 'EXTRA_STAGED_FILES' })
  })

  test('when the schema on the volume is not the one that was opened', async () => {
    await writeFile(staged('schema'), `${schema.toString()} `)
    await expect(seal()).rejects.toMatchObject({ reason: 'IO_ERROR' })
  })

  test('until the next start when a sync failed in it, also for want of room', async () => {
    let faults = 0
    sys.interfere = ({ name, path }) => {
      if (name === 'fsync' && path === `staging/${versionId}/tree/hd0` && ++faults === 1)
        throw errno('ENOSPC', 'fsync')
    }
    await expect(seal()).rejects.toMatchObject({ reason: 'NO_SPACE' })
    await expect(seal()).rejects.toMatchObject({ reason: 'IO_ERROR' })
    await house.restart()
    await seal()
  })
})

describe('a sealed version', () => {
  beforeEach(async () => {
    await uploadWhole(await house.uploader(versionId), versionId, schema, { [part1]: bytes })
  })
  const read = async () => readWhole(await house.reader(versionId), { versionId, path: part1 })

  test('of which a file was cut is never read as if that were all', async () => {
    await chmod(sealed(part1), 0o644)
    await truncate(sealed(part1), 1000)
    await expect(read()).rejects.toMatchObject({ reason: 'VERSION_DAMAGED' })
  })

  test('of which the manifest was changed is not read', async () => {
    await chmod(sealed('version.json'), 0o644)
    await appendFile(sealed('version.json'), '\n')
    await expect(read()).rejects.toMatchObject({ reason: 'VERSION_DAMAGED' })
  })

  const publish = async (generation = 1) => {
    const fields = { format: 1, house: house.catalog.house, image: imageId, uid: imageUid }
    const document = Buffer.from(JSON.stringify({ ...fields, epoch: 1, generation, primary: versionId }))
    return (await house.worker()).admin.publish({
      imageId,
      imageUid,
      epoch: 1n,
      generation: BigInt(generation),
      document,
      ...basesToProto(document),
      primaryVersionId: versionId,
    })
  }

  test('keeps its primary link when a start cannot read its manifest', async () => {
    await publish()
    const syscalls = watchSyscalls()
    syscalls.interfere = ({ name, path }) => {
      if (name === 'open' && path.endsWith('/version.json')) throw errno('EIO')
    }
    await house.restart({ syscalls })
    expect(await readlink(join(house.volume, 'primary/images', imageId))).toContain(versionId)
  })

  test('is published again no sooner than its names are synced, since the first time may have died', async () => {
    sys.interfere = ({ name, path }) => {
      if (name === 'fsync' && path === `images/${imageId}`) sys.die()
    }
    await publish().catch(() => {})
    const syscalls = watchSyscalls()
    await house.restart({ syscalls })
    const begun = syscalls.calls.length
    await publish()
    const synced = syscalls.calls.slice(begun).filter(({ name }) => name === 'fsync')
    expect(synced.map(({ path }) => path)).toEqual([`images/${imageId}`, 'primary/images'])
  })
})
