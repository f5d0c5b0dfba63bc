import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { DomainError, type UploadEnd } from '@goldkeep/domain'
import { createLogger } from '@goldkeep/service'
import { setImmediate } from 'node:timers/promises'
import { endUpload } from '../src/operations/end-upload.js'
import { Inbox } from '../src/operations/inbox.js'
import { UploadDesk } from '../src/operations/upload-desk.js'
import { writeFile, type WriteInput, type WriteOutput } from '../src/operations/write-file.js'
import type { AttemptWriter, VersionStore } from '../src/store/version-store.js'
import { fresh, lab, makeShelves, stageVersion, first, type Shelf } from './commands/shelf.js'
import { bytesOf, sha256 } from './support/bytes.js'

let shelves: Awaited<ReturnType<typeof makeShelves>>
let shelf: Shelf
let desk: UploadDesk
beforeAll(async () => {
  shelves = await makeShelves()
})
afterAll(() => shelves.remove())
beforeEach(async () => {
  shelf = await shelves.shelf()
  await stageVersion(shelf.store, fresh, lab.imageId)
  desk = new UploadDesk(60_000)
})
afterEach(() => shelf.close())

const log = createLogger('storage', 'silent')
const bytes = bytesOf(5_000, 'whole')

/** The store, of which every writer takes its time to close. */
const slowToClose = (store: VersionStore): VersionStore =>
  withOther(store, {
    openAttempt: async (...values) => {
      const writer = await store.openAttempt(...values)
      const close = async (): Promise<void> => {
        for (let turn = 0; turn < 5; turn += 1) await setImmediate()
        await writer.close()
      }
      return withOther<AttemptWriter>(writer, { close })
    },
  })

function withOther<T extends object>(whole: T, other: Partial<T>): T {
  return new Proxy(whole, {
    get: (_, name) => {
      const value: unknown = Reflect.get(other, name) ?? Reflect.get(whole, name)
      return typeof value === 'function' ? (value.bind(whole) as unknown) : value
    },
  })
}

/** Runs a write; the client sends its messages once it was told Ready. */
async function* write(messages: readonly WriteInput[], store = shelf.store): AsyncGenerator<WriteOutput> {
  let ready = (): void => {}
  const isReady = new Promise<void>((resolve) => (ready = resolve))
  async function* incoming(): AsyncGenerator<WriteInput> {
    await isReady
    for (const message of messages) {
      yield message
      await setImmediate()
    }
  }
  const start = {
    versionId: fresh,
    path: first,
    writerId: 'w',
    takeOver: false,
    mode: { kind: 'restart' },
  } as const
  const pace = { syncBytes: 1_000_000, syncIntervalMs: 60_000 }
  const outputs = writeFile(
    { store, desk, pace, streamIdleMs: 60_000, log },
    start,
    new Inbox(incoming()),
    new AbortController().signal,
  )
  for await (const output of outputs) {
    if (output.kind === 'ready') ready()
    yield output
  }
}

const data: WriteInput = { kind: 'data', data: bytes }
const finish: WriteInput = { kind: 'finish', size: bytes.length, sha256: sha256(bytes) }

describe('a client that is told Done', () => {
  test('can seal at once: nobody has the file any more', async () => {
    const writing: Record<string, number> = {}
    for await (const { kind } of write([data, finish], slowToClose(shelf.store)))
      writing[kind] = desk.writing(fresh).length
    expect(writing).toEqual({ ready: 1, done: 0 })
  })

  test('finds the file complete, with its size and digest', async () => {
    for await (const { kind } of write([data, finish])) {
      if (kind !== 'done') continue
      const { files } = await shelf.store.view(fresh)
      expect(files.find(({ path }) => path === first)).toMatchObject({
        state: 'COMPLETE',
        committedSize: bytes.length,
        sha256: sha256(bytes),
      })
    }
    expect.assertions(1)
  })
})

describe('storage that stops', () => {
  test('waits until every stream has made its bytes durable, and lets no other begin', async () => {
    const outputs = write([data], slowToClose(shelf.store))
    expect((await outputs.next()).value).toMatchObject({ kind: 'ready' })
    const stopping = desk.stop()
    const ended = expect(drain(outputs)).rejects.toMatchObject({ reason: 'SHUTTING_DOWN' })
    await stopping
    expect(desk.writing(fresh)).toEqual([])
    await ended
    await expect(drain(write([data, finish]))).rejects.toMatchObject({ reason: 'SHUTTING_DOWN' })
  })
})

describe('an upload that is being sealed or ended', () => {
  test('is not written meanwhile, and can be written again when that was refused', async () => {
    const refusal = new Error('the seal is refused')
    const during = desk.exclusively(fresh, async () => {
      await expect(drain(write([data, finish]))).rejects.toMatchObject({ reason: 'UPLOAD_BUSY' })
      throw refusal
    })
    await expect(during).rejects.toBe(refusal)
    expect(await drain(write([data, finish]))).toEqual(['ready', 'done'])
  })
})

describe('an abort', () => {
  const order = { epoch: 1, opSeq: 1 }
  const end = (store: VersionStore, outcome: UploadEnd = 'ABORTED') =>
    endUpload(
      { store, desk, log, catalog: { recordEnded: () => Promise.resolve({}) } },
      { versionId: fresh, outcome, order, idleMs: 0 },
    )

  test('waits until each stream has left, and removes its bytes only then', async () => {
    const store = slowToClose(shelf.store)
    const outputs = write([data], store)
    expect((await outputs.next()).value).toMatchObject({ kind: 'ready' })
    const streams: number[] = []
    const watched = withOther(store, {
      endUpload: (...values) => {
        streams.push(desk.writing(fresh).length)
        return store.endUpload(...values)
      },
    })
    const ended = expect(drain(outputs)).rejects.toMatchObject({ reason: 'UPLOAD_ENDED' })
    expect(await end(watched)).toBe('ABORTED')
    expect(streams).toEqual([0])
    await ended
  })

  test('that comes too late ends no stream', async () => {
    const late = new DomainError('STALE_COMMAND', 'after a newer one')
    const refusing = withOther(shelf.store, {
      requireEndable: () => {
        throw late
      },
    })
    const outputs = write([data, finish])
    expect((await outputs.next()).value).toMatchObject({ kind: 'ready' })
    await expect(end(refusing)).rejects.toBe(late)
    expect(await drain(outputs)).toEqual(['done'])
  })
})

async function drain(outputs: AsyncIterable<WriteOutput>): Promise<string[]> {
  const kinds: string[] = []
  for await (const { kind } of outputs) kinds.push(kind)
  return kinds
}
