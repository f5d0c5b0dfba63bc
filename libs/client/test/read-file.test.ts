import { afterAll, expect, test } from '@jest/globals'
import { sha256ToProto, storage, toServerError } from '@goldkeep/contracts'
import { DomainError } from '@goldkeep/domain'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile as readBytes, rm, writeFile as writeBytes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'nice-grpc'
import { errorDetailsServerMiddleware } from 'nice-grpc-error-details'
import { readFile } from '../src/read-file.js'
import { holdsFile } from '../src/holds-file.js'
import { saveFile } from '../src/save-file.js'
import { connectStorage } from '../src/storage-connection.js'
import { Relay } from './relay.js'

const directory = await mkdtemp(join(tmpdir(), 'goldkeep-fetch-'))
afterAll(() => rm(directory, { recursive: true, force: true }))

const content = randomBytes(200_000)
const sha256 = createHash('sha256').update(content).digest('hex')
const path = 'hd0/part1.winpe.wim'

type Reading = (
  offset: number,
  call: number,
) => { readonly bytes?: Buffer; readonly cutAfter?: number; readonly stored?: string }

/** Serves one file as `reading` says, and gives what the client made of it. */
async function withServer<T>(
  reading: Reading,
  use: (bytes: AsyncGenerator<Uint8Array>, offsets: readonly number[]) => Promise<T>,
): Promise<T> {
  const relay = new Relay()
  const offsets: number[] = []
  const server = createServer().use(errorDetailsServerMiddleware)
  server.add(storage.VersionDataDefinition, {
    getManifest: () => Promise.resolve({}),
    read: async function* ({ offset: from }) {
      offsets.push(Number(from))
      const {
        bytes = content,
        cutAfter = bytes.length,
        stored = sha256,
      } = reading(Number(from), offsets.length)
      yield { message: { $case: 'header', value: { size: 200_000n, digest: sha256ToProto(stored) } } }
      for (let offset = Number(from); offset < bytes.length; offset += 10_000) {
        if (offset - Number(from) >= cutAfter) return relay.cut()
        const data = bytes.subarray(offset, offset + 10_000)
        yield await Promise.resolve({ message: { $case: 'chunk', value: { offset: BigInt(offset), data } } })
      }
    },
  })
  const port = await relay.start(await server.listen('127.0.0.1:0'))
  const access = { address: `127.0.0.1:${port}`, token: 't', expiresIn: 900 }
  const tickets = { current: () => Promise.resolve(access), renew: () => Promise.resolve(access) }
  const connection = connectStorage(tickets, { forMs: 1_000 })
  const signal = new AbortController().signal
  const request = { versionId: 'v', path, size: content.length, sha256, retry: { forMs: 20_000 }, signal }
  try {
    return await use(readFile(connection, request), offsets)
  } finally {
    connection.close()
    relay.stop()
    server.forceShutdown()
  }
}

async function collect(bytes: AsyncGenerator<Uint8Array>, into: Uint8Array[] = []): Promise<Buffer> {
  for await (const data of bytes) into.push(data)
  return Buffer.concat(into)
}

test('a read that is cut goes on at the offset it had reached', async () => {
  const cut: Reading = (_offset, call) => (call < 4 ? { cutAfter: 50_000 } : {})
  await withServer(cut, async (bytes, offsets) => {
    expect((await collect(bytes)).equals(content)).toBe(true)
    expect(offsets[0]).toBe(0)
    expect(offsets.length).toBeGreaterThan(1)
    expect(offsets).toEqual(offsets.toSorted((one, other) => one - other))
  })
})

test('bytes that differ are found before the last of them is given out', async () => {
  const flipped = Buffer.from(content)
  flipped[100_000] = (flipped[100_000] ?? 0) ^ 1
  await withServer(
    () => ({ bytes: flipped }),
    async (bytes) => {
      const given: Uint8Array[] = []
      await expect(collect(bytes, given)).rejects.toMatchObject({ reason: 'DIGEST_MISMATCH' })
      expect(Buffer.concat(given).length).toBeLessThan(content.length)
    },
  )
})

test('a file that is another than the orders name is found before any byte of it is given out', async () => {
  await withServer(
    () => ({ stored: '0'.repeat(64) }),
    async (bytes) => {
      const given: Uint8Array[] = []
      await expect(collect(bytes, given)).rejects.toMatchObject({ reason: 'DIGEST_MISMATCH' })
      expect(given).toEqual([])
    },
  )
})

test('what storage refuses comes as its reason', async () => {
  const gone: Reading = () => {
    throw toServerError(new DomainError('VERSION_GONE', 'it is being purged'))
  }
  await withServer(gone, async (bytes) => {
    await expect(collect(bytes)).rejects.toMatchObject({ reason: 'VERSION_GONE' })
  })
})

test('a file appears whole and under its name, or not at all', async () => {
  const target = join(directory, 'hd0', 'part1.winpe.wim')
  const wrong = withServer(
    () => ({ bytes: Buffer.alloc(200_000) }),
    (bytes) => saveFile(target, bytes),
  )
  await expect(wrong).rejects.toMatchObject({ reason: 'DIGEST_MISMATCH' })
  expect(await readdir(join(directory, 'hd0'))).toEqual([])

  await writeBytes(target, 'before')
  const again = withServer(
    () => ({ bytes: Buffer.alloc(200_000) }),
    (bytes) => saveFile(target, bytes),
  )
  await expect(again).rejects.toMatchObject({ reason: 'DIGEST_MISMATCH' })
  expect(await readBytes(target, 'utf8')).toBe('before')

  await withServer(
    () => ({}),
    (bytes) => saveFile(target, bytes),
  )
  expect((await readBytes(target)).equals(content)).toBe(true)
  expect(await holdsFile(target, { size: content.length, sha256 })).toBe(true)
  expect(await holdsFile(target, { size: content.length, sha256: '0'.repeat(64) })).toBe(false)
})
