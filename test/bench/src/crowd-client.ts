// One process with many connections: `uploads COUNT BYTES SCHEMA` sends so many files at once, each on a
// connection of its own, and seals them; `idle COUNT ADDRESS` holds connections that do nothing.
import {
  beginUpload,
  connectCatalog,
  expectLargeBuffers,
  openChannel,
  type ByteSource,
} from '@goldkeep/client'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { waitForChannelReady } from 'nice-grpc'

const path = 'hd0/part1.winpe.wim'
const retry = { forMs: 60_000 }
const capture = { environment: 'winpe', type: 'file', schemaOnly: false, customSchema: false }
const block = randomBytes(1024 * 1024)

function sourceOf(bytes: number): ByteSource {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let sent = 0; sent < bytes; sent += block.length)
      yield await Promise.resolve(block.subarray(0, Math.min(block.length, bytes - sent)))
  }
  return { size: bytes, bytes: pieces(), stop: () => Promise.resolve() }
}

async function upload(count: number, bytes: number, schemaFile: string): Promise<void> {
  const { GOLDKEEP_ADDRESS: address = '', GOLDKEEP_TOKEN: token = '' } = process.env
  const catalog = connectCatalog({ address, token, retry })
  const schema = await readFile(schemaFile)
  const one = async (): Promise<void> => {
    const { session } = await beginUpload(catalog, { imageId: 'bench', schema, capture }, retry)
    const { size, sha256 } = await session.write({ path, source: sourceOf(bytes), mode: { kind: 'restart' } })
    await session.seal([{ path, size, sha256 }])
    session.close()
  }
  await Promise.all(Array.from({ length: count }, one))
  catalog.close()
}

async function idle(count: number, address: string): Promise<void> {
  const channels = Array.from({ length: count }, () => openChannel(address))
  await Promise.all(channels.map((channel) => waitForChannelReady(channel, new Date(Date.now() + 60_000))))
  process.stdout.write('connected\n')
  // The connections keep the process alive until it is told to end.
}

// As the command line does.
expectLargeBuffers()
const [what, count, second, schema = ''] = process.argv.slice(2)
if (what === 'uploads') await upload(Number(count), Number(second), schema)
else await idle(Number(count), second ?? '')
