import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { catalog } from '@goldkeep/contracts'
import type { VersionId } from '@goldkeep/domain'
import { readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256 } from '../support/bytes.js'
import {
  grantOf,
  imageId,
  newVersion,
  part1,
  schema,
  startTestHouse,
  type TestHouse,
} from '../support/test-house.js'
import { sealFileOf, writeWhole } from '../support/write-stream.js'
import {
  bytesOfVersion,
  commandsTo,
  heldClients,
  heldWorker,
  linesOf,
  placeOf,
  readDigest,
  sealOne,
  type Commands,
} from './worker.js'

let house: TestHouse
let direct: Commands
let held: Awaited<ReturnType<typeof heldWorker>>
let versionId: VersionId
let generation = 0

beforeAll(async () => {
  house = await startTestHouse()
  direct = await commandsTo(house)
})
afterAll(() => house.close())
beforeEach(async () => {
  versionId = await sealOne(house)
  held = await heldWorker(house)
})
afterEach(() => held.close())

async function expectWhole(id: VersionId, bytesOf = id): Promise<void> {
  expect(await readDigest(house, id)).toBe(sha256(bytesOfVersion(bytesOf)))
}

/** One is on its way while the other, which was given later, is carried out. */
async function overtake(
  late: (commands: Commands) => Promise<unknown>,
  newer: (commands: Commands) => Promise<unknown>,
): Promise<unknown> {
  const outcome = late(held.commands).then(
    () => undefined,
    (error: unknown) => error,
  )
  await newer(direct)
  const before = await house.tree()
  held.letGo()
  const refusal = await outcome
  expect(await house.tree()).toEqual(before)
  return refusal
}

const stale = { reason: 'STALE_COMMAND' }

describe('a command that was held on its way while its opposite went through', () => {
  test('trash changes nothing after a restore', async () => {
    expect(
      await overtake(
        (on) => on.trash(versionId, 1),
        (on) => on.restore(versionId, 2),
      ),
    ).toMatchObject(stale)
    expect(await placeOf(house, versionId)).toBe('images')
  })

  test('restore changes nothing after another trash', async () => {
    await direct.trash(versionId, 1)
    const again = async (on: Commands): Promise<void> => {
      await on.restore(versionId, 3)
      await on.trash(versionId, 4)
    }
    expect(await overtake((on) => on.restore(versionId, 2), again)).toMatchObject(stale)
    expect(await placeOf(house, versionId)).toBe('trash')
  })

  test('purge changes nothing after a restore', async () => {
    await direct.trash(versionId, 1)
    expect(
      await overtake(
        (on) => on.purge(versionId, 2),
        (on) => on.restore(versionId, 3),
      ),
    ).toMatchObject(stale)
    await expectWhole(versionId)
  })

  test('restore changes nothing after a purge', async () => {
    await direct.trash(versionId, 1)
    expect(
      await overtake(
        (on) => on.restore(versionId, 2),
        (on) => on.purge(versionId, 3),
      ),
    ).toMatchObject(stale)
    expect(await linesOf(house, versionId)).toEqual([])
  })

  test('a publication changes nothing after a newer one', async () => {
    const [older, newer] = [++generation, ++generation]
    expect(
      await overtake(
        (on) => on.publish(older, null),
        (on) => on.publish(newer, versionId),
      ),
    ).toMatchObject(stale)
    expect(await readlink(join(house.volume, 'primary/images', imageId))).toContain(versionId)
    await direct.publish(++generation, null)
  })

  test('move changes nothing after a trash, nor trash after a move', async () => {
    expect(
      await overtake(
        (on) => on.move(versionId, 1),
        (on) => on.trash(versionId, 2),
      ),
    ).toMatchObject(stale)
    await direct.restore(versionId, 4)
    await held.close()
    held = await heldWorker(house)
    expect(
      await overtake(
        (on) => on.trash(versionId, 3),
        (on) => on.move(versionId, 5),
      ),
    ).toMatchObject(stale)
    await expectWhole(versionId)
  })

  test('clone leaves no trace after its source was purged', async () => {
    const clone = newVersion()
    const purgeSource = async (on: Commands): Promise<void> => {
      await on.trash(versionId, 1)
      await on.purge(versionId, 2)
    }
    const refusal = await overtake((on) => on.clone(clone, 1, versionId), purgeSource)
    expect(refusal).toMatchObject({ reason: 'VERSION_GONE' })
    expect(await linesOf(house, clone)).toEqual([])
  })

  test('purge of the source leaves the clone whole that was made meanwhile', async () => {
    const clone = newVersion()
    const purged = held.commands.trash(versionId, 1).then(() => held.commands.purge(versionId, 2))
    await direct.clone(clone, 1, versionId)
    held.letGo()
    expect(await purged).toMatchObject({ keptCount: 0 })
    expect(await linesOf(house, versionId)).toEqual([])
    await expectWhole(clone, versionId)
  })

  describe('about an upload', () => {
    const entries = () => [sealFileOf(part1, bytesOfVersion(versionId))]
    beforeEach(async () => {
      versionId = newVersion()
      const clients = await house.uploader(versionId)
      await clients.uploads.open({ versionId, schema })
      await writeWhole(clients, versionId, part1, bytesOfVersion(versionId))
    })

    test('to end it says SEALED after its seal', async () => {
      const ended = held.commands.end(versionId, 1)
      await (await house.uploader(versionId)).uploads.seal({ versionId, files: entries() })
      held.letGo()
      expect(await ended).toEqual({ outcome: catalog.Lifecycle.LIFECYCLE_SEALED })
      await expectWhole(versionId)
    })

    test('to seal it is refused after its end', async () => {
      const volumeId = house.storage.volumeId
      const claims = { volumeId, versionId, operation: 'upload' as const, upload: grantOf() }
      const uploader = await heldClients(house, await house.catalog.sign(claims))
      const sealed = uploader.clients.uploads
        .seal({ versionId, files: entries() })
        .catch((error: unknown) => error)
      await direct.end(versionId, 1)
      uploader.letGo()
      expect(await sealed).toMatchObject({ reason: 'UPLOAD_ENDED' })
      expect(await linesOf(house, versionId)).toEqual([])
      await uploader.close()
    })
  })
})
