import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parseManifest } from '@goldkeep/volume'
import { execFile } from 'node:child_process'
import { lstat, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { waitUntil } from '@goldkeep/testing'
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
import { readWhole, uploadWhole } from './support/write-stream.js'
import { basesToProto } from './support/bases.js'

let house: TestHouse
beforeAll(async () => {
  house = await startTestHouse()
})
afterAll(() => house.close())

describe('an upload that is sealed', () => {
  const versionId = newVersion()
  const bytes = bytesOf(3_000_001, 'whole')
  let versionPath: string

  test('becomes a version directory whose sums sha256sum finds right', async () => {
    const clients = await house.uploader(versionId)
    const answer = await uploadWhole(clients, versionId, schema, { [part1]: bytes })
    versionPath = join(house.volume, 'images', imageId, 'versions', versionId)
    const checked = await promisify(execFile)('sha256sum', ['--strict', '-c', 'SHA256SUMS'], {
      cwd: versionPath,
    })
    expect(checked.stdout).toBe(`schema: OK\n${part1}: OK\nversion.json: OK\n`)
    expect(answer.recorded).toBe(true)
    expect(await readFile(join(versionPath, 'version.json'))).toEqual(Buffer.from(answer.manifest))
    expect(parseManifest(answer.manifest)).toMatchObject({
      image: imageId,
      version: versionId,
      uid: imageUid,
    })
  })

  test('is read-only, and leaves nothing in staging', async () => {
    const stats = await lstat(join(versionPath, part1))
    expect((stats.mode & 0o777).toString(8)).toBe('444')
    expect((await house.tree()).filter((line) => line.includes('staging/'))).toEqual([])
  })

  test('is told to the catalog with its manifest', () => {
    expect(house.catalog.sealed.get(versionId)).toMatchObject({ imageId, imageUid })
  })

  test('can be read whole, and from any byte', async () => {
    const reader = await house.reader(versionId)
    const whole = await readWhole(reader, { versionId, path: part1 })
    expect(whole.size).toBe(bytes.length)
    expect(sha256(whole.bytes)).toBe(sha256(bytes))
    const middle = await readWhole(reader, { versionId, path: part1, offset: 1_000_000, length: 1_234_567 })
    expect(sha256(middle.bytes)).toBe(sha256(bytes.subarray(1_000_000, 2_234_567)))
    const { manifest } = await reader.versions.getManifest({ versionId })
    expect(parseManifest(manifest).files).toHaveLength(2)
  })

  test('gives the same answer when it is sealed again, also after a restart', async () => {
    const before = await house.tree()
    await house.restart()
    const again = await uploadWhole(await house.uploader(versionId), versionId, schema, {}).catch(
      (error: unknown) => error,
    )
    expect(again).toMatchObject({ reason: 'EXTRA_STAGED_FILES' })
    expect(await house.tree()).toEqual(before)
  })

  test('is published as the primary by a link that a legacy client follows', async () => {
    const worker = await house.worker()
    const document = Buffer.from(
      JSON.stringify({
        format: 1,
        house: house.catalog.house,
        image: imageId,
        uid: imageUid,
        epoch: 1,
        generation: 1,
        primary: versionId,
      }),
    )
    const order = { imageId, imageUid, epoch: 1n, generation: 1n, document, primaryVersionId: versionId }
    const command = { ...order, ...basesToProto(document) }
    expect(await worker.admin.publish(command)).toEqual({ generation: 1n })
    const link = join(house.volume, 'primary/images', imageId)
    expect(await readlink(link)).toBe(`../../images/${imageId}/versions/${versionId}`)
    expect(sha256(await readFile(join(link, part1)))).toBe(sha256(bytes))
    expect(await readFile(join(house.volume, 'images', imageId, 'image.json'))).toEqual(document)
  })

  test('is in the inventory that the next start tells the catalog', async () => {
    await house.restart()
    const inventory = await waitUntil(() => house.catalog.inventories.at(-1), {
      what: 'there is an inventory',
    })
    expect(inventory.versions.map((version) => version.versionId)).toContain(versionId)
    expect(inventory.images).toMatchObject([{ imageId, generation: 1n, epoch: 1n }])
    expect(inventory.complete).toBe(true)
    expect(inventory.lookTime).toBeInstanceOf(Date)
  })
})
