import { DomainError, listed, type AttemptId, type FilePath, type VersionId } from '@goldkeep/domain'
import { KeyedQueue } from './keyed-queue.js'

/** One stream that writes a file. */
export interface ActiveWriter {
  readonly writerId: string
  /** The attempt that it goes on with or has begun; none yet while it restarts the file. */
  attemptId: AttemptId | undefined
  /** Milliseconds since 1970, of its last message. */
  lastActive: number
  /** Tells the stream to stop for a reason; it flushes and leaves. */
  interrupt(reason: DomainError): void
}

interface Seat {
  readonly writer: ActiveWriter
  /** Resolves when the stream has left. */
  readonly left: Promise<void>
}

/** A writer whose connection was cut, for which the file is held a while. */
interface Absent {
  readonly writerId: string
  readonly lastActive: number
}

interface Desk {
  readonly seats: Map<FilePath, Seat>
  readonly absent: Map<FilePath, Absent>
  /** Why no stream may enter: a seal or an end is at work. */
  closed: DomainError | undefined
}

/** Streams of one upload at once: each holds up to three chunks. */
const maxStreams = 128
/** Writers of one upload whose files are held after a cut. */
const maxAbsent = 256
/** Seals, opens and ends of one upload that wait for each other. */
const maxWaiting = 8

/** Who writes what, so that a file has one writer, and an upload is sealed or ended without any. */
export class UploadDesk {
  readonly #desks = new Map<VersionId, Desk>()
  readonly #queue = new KeyedQueue<VersionId>()
  readonly #waiting = new Map<VersionId, number>()
  #stopping: DomainError | undefined

  /** @param writerIdleMs for how long another writer's file is held after its last message */
  constructor(private readonly writerIdleMs: number) {}

  /**
   * Gives the file to the writer, once the stream that has it has left.
   * @returns what the writer calls when it leaves; `cut` keeps the file for it a while
   * @throws DomainError FILE_BUSY, UPLOAD_BUSY, ATTEMPT_SUPERSEDED, LIMIT_EXCEEDED, SHUTTING_DOWN
   */
  async enter(
    versionId: VersionId,
    path: FilePath,
    writer: ActiveWriter,
    takeOver: boolean,
  ): Promise<(how: 'done' | 'cut') => void> {
    let desk = this.#desk(versionId)
    for (; ; desk = this.#desk(versionId)) {
      const refusal = this.#stopping ?? desk.closed
      if (refusal) throw refusal
      const holder = desk.seats.get(path)?.writer ?? desk.absent.get(path)
      if (holder && !this.#mayTake(holder, writer, takeOver)) throw this.#busy(path, holder)
      const seat = desk.seats.get(path)
      if (!seat) break
      // Who comes back after it was superseded must not end the stream that superseded it.
      if (writer.attemptId !== undefined && writer.attemptId !== seat.writer.attemptId) throw superseded(path)
      seat.writer.interrupt(superseded(path))
      await seat.left
    }
    refuseMore(versionId, 'open streams', desk.seats.size, maxStreams)
    desk.absent.delete(path)
    let leave = (): void => {}
    const left = new Promise<void>((resolve) => {
      leave = resolve
    })
    desk.seats.set(path, { writer, left })
    return (how) => {
      desk.seats.delete(path)
      if (how === 'cut') hold(desk, path, writer)
      this.#clear()
      leave()
    }
  }

  /**
   * Runs what changes an upload as a whole, one at a time, while nobody writes.
   * @param dismiss why streams that write are ended first; each flushes and leaves
   * @throws DomainError UPLOAD_BUSY when somebody writes and is not dismissed, LIMIT_EXCEEDED when too many wait
   */
  async exclusively<T>(versionId: VersionId, work: () => Promise<T>, dismiss?: DomainError): Promise<T> {
    const waiting = this.#waiting.get(versionId) ?? 0
    refuseMore(versionId, 'waiting requests', waiting, maxWaiting)
    this.#waiting.set(versionId, waiting + 1)
    try {
      return await this.#alone(versionId, work, dismiss)
    } finally {
      const left = (this.#waiting.get(versionId) ?? 1) - 1
      if (left > 0) this.#waiting.set(versionId, left)
      else this.#waiting.delete(versionId)
    }
  }

  #alone<T>(versionId: VersionId, work: () => Promise<T>, dismiss: DomainError | undefined): Promise<T> {
    return this.#queue.run(versionId, async () => {
      const desk = this.#desk(versionId)
      if (!dismiss) refuseWriters(versionId, this.writing(versionId))
      desk.closed = dismiss ?? closedFor(versionId)
      try {
        if (dismiss) await leaveAll([...desk.seats.values()], dismiss)
        return await work()
      } finally {
        desk.closed = undefined
        this.#clear()
      }
    })
  }

  /** The files that have a stream now. */
  writing(versionId: VersionId): FilePath[] {
    return [...(this.#desks.get(versionId)?.seats.keys() ?? [])]
  }

  /** Lets nobody in any more, asks every stream to flush and leave, and waits for it. */
  async stop(): Promise<void> {
    this.#stopping = new DomainError('SHUTTING_DOWN', 'storage is stopping; go on when it is back')
    const seats = [...this.#desks.values()].flatMap((desk) => [...desk.seats.values()])
    await leaveAll(seats, this.#stopping)
  }

  #desk(versionId: VersionId): Desk {
    let desk = this.#desks.get(versionId)
    if (!desk) this.#desks.set(versionId, (desk = { seats: new Map(), absent: new Map(), closed: undefined }))
    return desk
  }

  /** Forgets the desks that hold nothing any more, and files that were held for long enough. */
  #clear(): void {
    for (const [versionId, { seats, absent, closed }] of this.#desks) {
      for (const [path, { lastActive }] of absent)
        if (performance.now() - lastActive >= this.writerIdleMs) absent.delete(path)
      if (seats.size === 0 && absent.size === 0 && !closed) this.#desks.delete(versionId)
    }
  }

  #mayTake(holder: Absent, writer: ActiveWriter, takeOver: boolean): boolean {
    if (takeOver || holder.writerId === writer.writerId) return true
    return performance.now() - holder.lastActive >= this.writerIdleMs
  }

  #busy(path: FilePath, holder: Absent): DomainError {
    const idle = Math.round((performance.now() - holder.lastActive) / 1000)
    return new DomainError(
      'FILE_BUSY',
      `${path} is being written by another, who was active ${idle} s ago; wait, or take it over`,
      { path, idle_seconds: String(idle), held_seconds: String(Math.ceil(this.writerIdleMs / 1000)) },
    )
  }
}

/** Ends the streams, and waits until each has made its bytes durable and has left. */
async function leaveAll(seats: readonly Seat[], reason: DomainError): Promise<void> {
  for (const { writer } of seats) writer.interrupt(reason)
  await Promise.all(seats.map(({ left }) => left))
}

function refuseWriters(versionId: VersionId, writing: readonly FilePath[]): void {
  if (writing.length === 0) return
  throw new DomainError('UPLOAD_BUSY', `upload ${versionId}: still being written: ${listed(writing)}`, {
    version_id: versionId,
    paths: listed(writing),
  })
}

const closedFor = (versionId: VersionId): DomainError =>
  new DomainError('UPLOAD_BUSY', `upload ${versionId} is being sealed or ended`, { version_id: versionId })

/** Holds the file for a writer whose connection was cut; of many, for those that were cut last. */
function hold({ absent }: Desk, path: FilePath, { writerId, lastActive }: ActiveWriter): void {
  absent.delete(path)
  const [oldest] = absent.keys()
  if (oldest !== undefined && absent.size >= maxAbsent) absent.delete(oldest)
  absent.set(path, { writerId, lastActive })
}

/** @throws DomainError LIMIT_EXCEEDED */
export function refuseMore(versionId: VersionId, what: string, count: number, limit: number): void {
  if (count < limit) return
  throw new DomainError(
    'LIMIT_EXCEEDED',
    `upload ${versionId}: expected at most ${limit} ${what}, found more`,
    {
      version_id: versionId,
      limit: String(limit),
    },
  )
}

function superseded(path: FilePath): DomainError {
  return new DomainError('ATTEMPT_SUPERSEDED', `${path}: another stream has taken the file over`, { path })
}
