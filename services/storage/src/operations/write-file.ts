import { maxFilesOfVersion } from '@goldkeep/contracts'
import { DomainError, type FilePath, type VersionId } from '@goldkeep/domain'
import type { Logger } from '@goldkeep/service'
import type { AttemptMode, AttemptWriter, VersionStore } from '../store/version-store.js'
import { CommitClock, type CommitPace } from './commit-pace.js'
import type { Inbox } from './inbox.js'
import { Outbox } from './outbox.js'
import { refuseMore, type ActiveWriter, type UploadDesk } from './upload-desk.js'

export interface WriteDependencies {
  readonly store: VersionStore
  readonly desk: UploadDesk
  readonly pace: CommitPace
  /** Milliseconds without any message after which a stream is ended. */
  readonly streamIdleMs: number
  readonly log: Logger
}

export interface WriteStart {
  readonly versionId: VersionId
  readonly path: FilePath
  readonly writerId: string
  readonly takeOver: boolean
  readonly mode: AttemptMode
}

export type WriteInput =
  | { readonly kind: 'data'; readonly data: Uint8Array }
  | { readonly kind: 'finish'; readonly size: number; readonly sha256: string }
  | { readonly kind: 'failed'; readonly failure: string }

export type WriteOutput =
  | { readonly kind: 'ready'; readonly attemptId: string; readonly committedSize: number }
  | { readonly kind: 'hashing'; readonly bytes: number }
  | { readonly kind: 'committed'; readonly size: number }
  | { readonly kind: 'done'; readonly size: number; readonly sha256: string }

/**
 * Receives one file. The receiver runs by itself and never waits for whoever reads the answers; a client
 * that reads none can still send all.
 * @param cut aborts when the connection is gone, which also ends the inbox
 */
export async function* writeFile(
  dependencies: WriteDependencies,
  start: WriteStart,
  inbox: Inbox<WriteInput>,
  cut: AbortSignal,
): AsyncGenerator<WriteOutput, void, undefined> {
  const outbox = new Outbox<WriteOutput>()
  const receiving = receive(dependencies, start, inbox, outbox, cut).then(
    () => outbox.end(),
    (error: unknown) => outbox.fail(error),
  )
  try {
    yield* outbox.messages()
  } finally {
    inbox.interrupt(new DomainError('UNAVAILABLE', 'the stream has ended'))
    await receiving
  }
}

/** Holds the file from before the first answer until after the last byte is safe. */
async function receive(
  { store, desk, pace, streamIdleMs, log }: WriteDependencies,
  start: WriteStart,
  inbox: Inbox<WriteInput>,
  outbox: Outbox<WriteOutput>,
  cut: AbortSignal,
): Promise<void> {
  const { versionId, path } = start
  await refuseEarlyData(inbox, path)
  const self: ActiveWriter = {
    writerId: start.writerId,
    attemptId: start.mode.kind === 'resume' ? start.mode.attemptId : undefined,
    lastActive: performance.now(),
    interrupt: (reason) => inbox.interrupt(reason),
  }
  const leave = await desk.enter(versionId, path, self, start.takeOver)
  let done: WriteOutput | undefined
  try {
    await refuseMoreFiles(store, desk, versionId)
    const writer = await store.openAttempt(versionId, path, start.mode, (bytes) =>
      outbox.replace({ kind: 'hashing', bytes }),
    )
    self.attemptId = writer.attemptId
    try {
      await refuseEarlyData(inbox, path)
      outbox.keep({ kind: 'ready', attemptId: writer.attemptId, committedSize: writer.committedSize })
      const next = (): Promise<WriteInput | undefined> => nextWithin(inbox, streamIdleMs, path)
      done = await receiveBytes(writer, pace, inbox, next, outbox, self)
    } finally {
      await writer.close()
    }
  } finally {
    leave(cut.aborted ? 'cut' : 'done')
  }
  // Only now, since a client that was told goes on to seal at once.
  if (done) outbox.keep(done)
  else log.debug({ versionId, path, cut: cut.aborted }, 'a stream ended before its file was finished')
}

/**
 * A version of more files could not be sealed. Files that are only about to begin count as well.
 * @throws DomainError LIMIT_EXCEEDED
 */
async function refuseMoreFiles(store: VersionStore, desk: UploadDesk, versionId: VersionId): Promise<void> {
  const { files } = await store.view(versionId)
  const paths = new Set([...files.map(({ path }) => path), ...desk.writing(versionId)])
  refuseMore(versionId, 'files', paths.size - 1, maxFilesOfVersion)
}

/** Whoever sends before Ready cannot know where the attempt stands. */
async function refuseEarlyData(inbox: Inbox<WriteInput>, path: FilePath): Promise<void> {
  if (await inbox.hasMore())
    throw new DomainError('PROTOCOL_VIOLATION', `${path}: data was sent before Ready`, { path })
}

async function receiveBytes(
  writer: AttemptWriter,
  pace: CommitPace,
  inbox: Inbox<WriteInput>,
  next: () => Promise<WriteInput | undefined>,
  outbox: Outbox<WriteOutput>,
  self: ActiveWriter,
): Promise<WriteOutput | undefined> {
  const clock = new CommitClock(
    writer,
    pace,
    (size) => outbox.replace({ kind: 'committed', size }),
    (error) => inbox.interrupt(error),
  )
  try {
    for (let input = await next(); input; input = await next()) {
      self.lastActive = performance.now()
      switch (input.kind) {
        case 'data':
          if (input.data.length > 0) await writer.append(input.data)
          await clock.tick()
          break
        case 'finish':
          await clock.stop()
          return await finish(writer, input.size, input.sha256, inbox)
        case 'failed':
          await clock.flush()
          await writer.fail(input.failure)
          await refuseMoreAfter('ProducerFailed', inbox)
          return undefined
      }
    }
    await clock.flush()
    return undefined
  } catch (error) {
    // What came is kept, whether the client went away, was interrupted, or broke the protocol.
    await clock.flush().catch(() => {})
    throw error
  }
}

async function refuseMoreAfter(last: string, inbox: Inbox<WriteInput>): Promise<void> {
  if (await inbox.hasMore())
    throw new DomainError('PROTOCOL_VIOLATION', `expected nothing after ${last}, found another message`)
}

async function finish(
  writer: AttemptWriter,
  size: number,
  sha256: string,
  inbox: Inbox<WriteInput>,
): Promise<WriteOutput> {
  await refuseMoreAfter('Finish', inbox)
  return { kind: 'done', size, sha256: await writer.finish(size, sha256) }
}

/** Counts only the time that the client is waited for: one that is held up by a slow disk is not idle. */
async function nextWithin(
  inbox: Inbox<WriteInput>,
  idleMs: number,
  path: FilePath,
): Promise<WriteInput | undefined> {
  const timer = setTimeout(() => inbox.interrupt(silent(path, idleMs)), idleMs)
  try {
    return await inbox.next()
  } finally {
    clearTimeout(timer)
  }
}

function silent(path: FilePath, idleMs: number): DomainError {
  const seconds = Math.round(idleMs / 1000)
  return new DomainError(
    'UNAVAILABLE',
    `${path}: no message came for ${seconds} s; what was received is kept, go on with the attempt`,
    { path, idle_seconds: String(seconds) },
  )
}
