import { DomainError, type FilePath, type VersionId } from '@goldkeep/domain'
import type { Logger } from '@goldkeep/service'
import { volumeLayout } from '@goldkeep/volume'
import type { Hash } from 'node:crypto'
import type { UploadView } from '../upload.js'
import { lookAt, type VolumeRoot } from './directories.js'
import { compactUpload } from './compact-upload.js'
import { JournalDamagedError } from './journal-damage.js'
import { Journal } from './journal.js'
import { uploadDecoder } from './upload-journal.js'
import { applyRecord, replay, type UploadRecord, type UploadState } from './upload-records.js'

const layout = volumeLayout('')

/** The hash of an attempt's committed bytes, kept while nobody writes so that a resume need not read them. */
export interface KeptHash {
  readonly attemptId: string
  readonly size: number
  readonly hash: Hash
}

/**
 * What streams that begin and end may add to the journal in one run, in bytes; the next start compacts it. A running
 * owner does not: if it were stopped in the midst of the rename and lost the volume, it would put its own journal in
 * the place of its successor's when it went on.
 */
const maxBytesOfStreams = 16 * 1024 * 1024
/** At most what one stream adds without a failure: a record as it begins and one as it ends. */
const bytesOfStream = 512

type WithoutTime<R> = R extends { readonly time: string } ? Omit<R, 'time'> : never

/** One upload under `staging/`: its journal, and the state that follows from it. */
export class StagedDirectory {
  readonly hashes = new Map<FilePath, KeptHash>()
  readonly #claimed = new Set<FilePath>()
  #condemned: unknown
  #bytesOfStreams = 0

  private constructor(
    readonly root: VolumeRoot,
    readonly journal: Journal,
    private current: UploadState,
  ) {}

  /** Begins a journal in a directory that is there. */
  static async create(
    root: VolumeRoot,
    opened: Extract<UploadRecord, { t: 'opened' }>,
    log: Logger,
  ): Promise<StagedDirectory> {
    const { journal } = await Journal.open(root, layout.journal(opened.upload.versionId), log)
    await journal.append(opened)
    return new StagedDirectory(root, journal, replay([opened]))
  }

  /**
   * Opens what an earlier run left, or `undefined` when it never was opened.
   * @throws JournalDamagedError
   */
  static async recover(
    root: VolumeRoot,
    versionId: VersionId,
    log: Logger,
  ): Promise<StagedDirectory | undefined> {
    const path = layout.journal(versionId)
    const decode = await uploadDecoder(root, versionId)
    if (!(await lookAt(root, path))) {
      const decoded = decode(new Uint8Array())
      if (decoded.end === 'damaged') throw new JournalDamagedError(path, decoded)
      return undefined
    }
    const { journal, records } = await Journal.open(root, path, log, { decode, compact: compactUpload })
    if (records.length > 0) return new StagedDirectory(root, journal, replay(records))
    await journal.close()
    return undefined
  }

  get state(): UploadState {
    return this.current
  }

  get view(): UploadView {
    const { upload, phase, files, lastByteTime } = this.current
    return { upload, phase, lastByteTime, files: [...files.values()] }
  }

  /** Relative to the volume's root. */
  get tree(): string {
    return layout.stagedTree(this.current.upload.versionId)
  }

  /** Makes the record durable, then lets it take effect. */
  async record(record: WithoutTime<UploadRecord>): Promise<void> {
    if (record.t === 'failed') this.#bytesOfStreams += Buffer.byteLength(record.failure)
    const timed = withTime(record)
    await this.journal.append(timed)
    this.current = applyRecord(this.current, timed)
  }

  /**
   * Begins an attempt of a file. The path is claimed at once, before its first record is durable, so that of
   * two first writes whose paths differ in case only one is refused.
   * @throws DomainError INVALID_PATH
   */
  async whileClaimed<T>(path: FilePath, begin: () => Promise<T>): Promise<T> {
    // Names are ASCII, so lower case decides.
    const folded = path.toLowerCase()
    for (const other of [...this.#claimed, ...this.current.files.keys()])
      if (other !== path && other.toLowerCase() === folded)
        throw new DomainError('INVALID_PATH', `${path}: differs from ${other} in case only`, { path, other })
    this.#claimed.add(path)
    try {
      return await begin()
    } finally {
      this.#claimed.delete(path)
    }
  }

  /**
   * Counts a stream that is about to begin. One that runs is never refused.
   * @throws DomainError LIMIT_EXCEEDED
   */
  countStream(): void {
    if (this.#bytesOfStreams >= maxBytesOfStreams) throw tooManyStreams(this.current.upload.versionId)
    this.#bytesOfStreams += bytesOfStream
  }

  /** A fault holds for this run also when it cannot be written down; the next one trusts the journal alone. */
  async recordFault(record: WithoutTime<Extract<UploadRecord, { t: 'failed' | 'broken' }>>): Promise<void> {
    const timed = withTime(record)
    await this.journal.append(timed).catch(() => {})
    this.current = applyRecord(this.current, timed)
  }

  /** After a sync failed while it was being sealed: nothing is trusted until the next start has verified it. */
  condemn(fault: unknown): void {
    this.#condemned = fault
  }

  /** @throws DomainError IO_ERROR */
  requireSound(): void {
    if (this.#condemned === undefined) return
    const { versionId } = this.current.upload
    throw new DomainError(
      'IO_ERROR',
      `upload ${versionId}: the volume failed while it was sealed; restart storage, which then verifies it`,
      { version_id: versionId },
      { cause: this.#condemned },
    )
  }

  /** @throws DomainError SEAL_BEGUN, UPLOAD_ENDED */
  requireOpen(): void {
    const { phase, upload } = this.current
    if (phase === 'OPEN') return
    if (phase === 'SEALING' || phase === 'SEALED')
      throw new DomainError('SEAL_BEGUN', `upload ${upload.versionId} is being sealed or sealed already`, {
        version_id: upload.versionId,
      })
    throw uploadEnded(upload.versionId, phase)
  }
}

const withTime = (record: WithoutTime<UploadRecord>): UploadRecord =>
  ({ ...record, time: new Date().toISOString() }) as UploadRecord

function tooManyStreams(versionId: VersionId): DomainError {
  return new DomainError(
    'LIMIT_EXCEEDED',
    `upload ${versionId}: expected at most ${maxBytesOfStreams} bytes of its journal for streams that begin and end, ` +
      'found more; begin another upload, or restart storage, which makes the journal short again',
    { version_id: versionId, limit: String(maxBytesOfStreams) },
  )
}

export function uploadEnded(versionId: VersionId, outcome: string): DomainError {
  return new DomainError('UPLOAD_ENDED', `upload ${versionId} has ended as ${outcome}; begin another`, {
    version_id: versionId,
    outcome,
  })
}
