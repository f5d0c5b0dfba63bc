import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { waitUntil } from '@goldkeep/testing'
import { lstat, mkdir, readlink, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises'
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
import { chunkOf, readWhole, startOf, uploadWhole, WriteStream } from './support/write-stream.js'
import { basesToProto } from './support/bases.js'

const bytes = bytesOf(200_000, 'serve')
let house: TestHouse
beforeEach(async () => {
  house = await startTestHouse()
})
afterEach(() => house.close())

const at = (...parts: string[]): string => join(house.volume, ...parts)

async function sealOne(): Promise<ReturnType<typeof newVersion>> {
  const versionId = newVersion()
  await uploadWhole(await house.uploader(versionId), versionId, schema, { [part1]: bytes })
  return versionId
}

async function publish(generation: number, primary: string): Promise<void> {
  const fields = {
    format: 1,
    house: house.catalog.house,
    image: imageId,
    uid: imageUid,
    epoch: 1,
    generation,
  }
  const document = Buffer.from(JSON.stringify({ ...fields, primary: primary || null }))
  await (
    await house.worker()
  ).admin.publish({
    imageId,
    imageUid,
    epoch: 1n,
    generation: BigInt(generation),
    document,
    ...basesToProto(document),
    primaryVersionId: primary,
  })
}

describe('the primary link', () => {
  test('is swapped by a publication, is made again by a start, and goes when there is no primary', async () => {
    const [first, second] = [await sealOne(), await sealOne()]
    const link = at('primary/images', imageId)
    await publish(1, first)
    await publish(2, second)
    expect(await readlink(link)).toMatch(new RegExp(`${second}$`))
    await house.restart({ meanwhile: () => unlink(link) })
    expect(await readlink(link)).toMatch(new RegExp(`${second}$`))
    await publish(3, '')
    await expect(lstat(link)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('stays where it is while the bytes of the primary are not there, and follows when they are back', async () => {
    const [first, second] = [await sealOne(), await sealOne()]
    const link = at('primary/images', imageId)
    const away = at('staging', 'moved-away')
    await publish(1, first)
    await rename(at('images', imageId, 'versions', first), away)
    await house.restart()
    expect(await readlink(link)).toMatch(new RegExp(`${first}$`))
    await rename(away, at('images', imageId, 'versions', first))
    await rename(at('images', imageId, 'versions', second), away)
    await publish(2, second)
    expect(await readlink(link)).toMatch(new RegExp(`${first}$`))
    await house.restart({ meanwhile: () => rename(away, at('images', imageId, 'versions', second)) })
    expect(await readlink(link)).toMatch(new RegExp(`${second}$`))
  })

  test('is not set where the bytes are not', async () => {
    await publish(1, newVersion())
    await expect(lstat(at('primary/images', imageId))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('does not replace what is not a link', async () => {
    const versionId = await sealOne()
    await mkdir(at('primary/images', imageId))
    await expect(publish(1, versionId)).rejects.toMatchObject({ reason: 'IO_ERROR' })
    expect((await lstat(at('primary/images', imageId))).isDirectory()).toBe(true)
  })
})

describe('a link that somebody put on the volume', () => {
  test('is not followed by a read', async () => {
    const versionId = await sealOne()
    const file = at('images', imageId, 'versions', versionId, part1)
    await rename(file, `${file}.away`)
    await symlink('/etc/passwd', file)
    const reader = await house.reader(versionId)
    await expect(readWhole(reader, { versionId, path: part1 })).rejects.toMatchObject({ reason: 'IO_ERROR' })
  })

  test('is not followed by a write, not even as a directory', async () => {
    const versionId = newVersion()
    const clients = await house.uploader(versionId)
    await clients.uploads.open({ versionId, schema })
    const elsewhere = at('elsewhere')
    await mkdir(elsewhere)
    await symlink(elsewhere, at('staging', versionId, 'tree/hd0'))
    const stream = new WriteStream(clients, startOf(versionId, part1))
    expect(await stream.refusal()).toMatchObject({ reason: 'IO_ERROR' })
    await rm(elsewhere, { recursive: false, force: true }).catch(() => {})
    expect((await house.tree()).filter((line) => line.includes('elsewhere/'))).toEqual([])
  })
})

describe('a version', () => {
  test('reads to its end although its directory is moved away meanwhile', async () => {
    const versionId = newVersion()
    const large = bytesOf(24_000_000, 'large')
    await uploadWhole(await house.uploader(versionId), versionId, schema, { [part1]: large })
    const reader = await house.reader(versionId)
    const answers = reader.versions.read({ versionId, path: part1 })[Symbol.asyncIterator]()
    await answers.next()
    await rename(at('images', imageId, 'versions', versionId), at('trash', versionId))
    const pieces: Uint8Array[] = []
    for (let answer = await answers.next(); !answer.done; answer = await answers.next())
      if (answer.value.message?.$case === 'chunk') pieces.push(answer.value.message.value.data)
    expect(sha256(Buffer.concat(pieces))).toBe(sha256(large))
  })
})

describe('a directory that is no version', () => {
  test('is left alone by a start', async () => {
    const strange = at('images', imageId, 'versions', newVersion())
    await house.restart({
      meanwhile: async () => {
        await mkdir(strange, { recursive: true })
        await writeFile(join(strange, 'version.json'), '{"format":9}')
      },
    })
    expect((await lstat(join(strange, 'version.json'))).isFile()).toBe(true)
  })
})

describe('a stop', () => {
  test('flushes and answers the open streams, and the next start goes on', async () => {
    const versionId = newVersion()
    const clients = await house.uploader(versionId)
    await clients.uploads.open({ versionId, schema })
    const stream = new WriteStream(clients, startOf(versionId, part1))
    const { attemptId } = await stream.until('ready')
    stream.send(chunkOf(bytes, 0))
    await stream.untilCommitted(bytes.length)
    const refusal = stream.refusal()
    await house.restart()
    expect(await refusal).toMatchObject({ reason: 'SHUTTING_DOWN' })
    const { files } = await (await house.uploader(versionId)).uploads.getStatus({ versionId })
    expect(files).toMatchObject([{ attemptId, committedSize: BigInt(bytes.length) }])
  })
})

describe('what is being written', () => {
  test('is reported, with its sizes, and the room that is left', async () => {
    const versionId = newVersion()
    const clients = await house.uploader(versionId)
    await clients.uploads.open({ versionId, schema })
    const stream = new WriteStream(clients, startOf(versionId, part1))
    await stream.until('ready')
    stream.send(chunkOf(bytes, 0))
    const report = await waitUntil(
      () =>
        house.catalog.progress.find(({ uploads }) =>
          uploads.some((upload) => upload.files.some((file) => Number(file.committedSize) === bytes.length)),
        ),
      { what: 'the bytes are reported' },
    )
    expect(Number(report.freeBytes)).toBeGreaterThan(0)
    const stats = await (await house.worker()).volume.getStats({})
    expect(stats).toMatchObject({ volumeId: house.storage.volumeId, openUploadCount: 1, versionCount: 0 })
    stream.cut()
  })
})
