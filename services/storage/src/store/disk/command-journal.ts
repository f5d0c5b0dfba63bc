import { DomainError, type Uid, type UploadEnd, type VersionId, type VolumeId } from '@goldkeep/domain'
import type { Logger } from '@goldkeep/service'
import { volumeLayout } from '@goldkeep/volume'
import type { CommandOrder } from '../version-commands.js'
import {
  applyCommandRecord,
  type BegunCommand,
  type CommandAnswers,
  type CommandPlans,
  type CommandRecord,
  type CommandVerb,
  type EndedUpload,
  type LastCommand,
} from './command-records.js'
import { decodeCommands } from './commands-file.js'
import type { VolumeRoot } from './directories.js'
import { Journal } from './journal.js'
import { JournalDamagedError } from './journal-damage.js'
import type { JournalWitness } from './journal-witness.js'

type Untimed<R> = R extends unknown ? Omit<R, 'time'> : never
type Recalled<Verb> = Verb extends CommandVerb ? BegunCommand<Verb> : EndedUpload

/** The volume's durable memory of commands, by which late ones are refused and repeated ones answered. */
export class CommandJournal {
  readonly #last = new Map<VersionId, LastCommand>()
  readonly #succeeded = new Set<Uid>()

  #leastEpoch = 0

  private constructor(
    private readonly journal: Journal | undefined,
    /** While it is there no command is taken: one that is late could not be told from others. */
    readonly damage?: JournalDamagedError,
  ) {}

  static async open(
    root: VolumeRoot,
    volume: VolumeId,
    witness: JournalWitness,
    log: Logger,
  ): Promise<CommandJournal> {
    try {
      const { journal, records } = await Journal.open(root, volumeLayout('').commands, log, {
        decode: (bytes) => decodeCommands(bytes, witness.framesOf(volume)),
        onDurable: (frames) => witness.note(volume, frames),
      })
      return new CommandJournal(journal).#replay(records)
    } catch (error) {
      if (!(error instanceof JournalDamagedError)) throw error
      const { records, later } = error.decoded
      log.error({ err: error }, 'the journal of commands is damaged; no command is carried out')
      return new CommandJournal(undefined, error).#replay([...records, ...later])
    }
  }

  #replay(records: readonly unknown[]): this {
    for (const record of records as CommandRecord[]) this.#apply(record)
    return this
  }

  /** The last command about a version. */
  find(version: VersionId): LastCommand | undefined {
    return this.#last.get(version)
  }

  /** The clones that have begun and are not recorded as done, by the new version's id. */
  unfinishedClones(): (readonly [VersionId, BegunCommand<'clone'>])[] {
    return [...this.#last].flatMap(([version, last]) =>
      last.verb === 'clone' && last.answer === undefined ? [[version, last] as const] : [],
    )
  }

  /** Of every version, the place of its last command. */
  lastOrders(): (CommandOrder & { readonly versionId: VersionId })[] {
    return [...this.#last].map(([versionId, { epoch, opSeq }]) => ({ versionId, epoch, opSeq }))
  }

  get highestEpoch(): number {
    const epochs = [...this.#last.values()].map(({ epoch }) => epoch)
    return epochs.reduce((highest, epoch) => Math.max(highest, epoch), this.#leastEpoch)
  }

  /** Whether an image's id has been taken by another image since. */
  isSucceeded(uid: Uid): boolean {
    this.#requireWhole()
    return this.#succeeded.has(uid)
  }

  /**
   * The command as it was begun before, when it is repeated.
   * @throws DomainError STALE_COMMAND when a later one has begun, ORDER_CONFLICT when it was another one,
   *   JOURNAL_DAMAGED
   */
  recall<Verb extends LastCommand['verb']>(
    version: VersionId,
    verb: Verb,
    order: CommandOrder,
  ): Recalled<Verb> | undefined {
    this.#requireWhole()
    const last = this.#last.get(version)
    requireNotOlder(version, order, { epoch: this.#leastEpoch, opSeq: 0 })
    if (!last) return undefined
    requireNotOlder(version, order, last)
    if (order.epoch !== last.epoch || order.opSeq !== last.opSeq) return undefined
    if (last.verb === verb) return last as Recalled<Verb>
    throw new DomainError(
      'ORDER_CONFLICT',
      `version ${version}: op_seq ${order.epoch}/${order.opSeq} was given to ${last.verb}, found ${verb}`,
      { version_id: version, expected: last.verb, found: verb, epoch: String(last.epoch) },
    )
  }

  /** From here on what was ordered earlier is refused. */
  begin<Verb extends CommandVerb>(
    version: VersionId,
    { epoch, opSeq }: CommandOrder,
    verb: Verb,
    plan: CommandPlans[Verb],
  ): Promise<void> {
    return this.#record({ t: 'begun', version, epoch, opSeq, verb, plan })
  }

  finish<Verb extends CommandVerb>(
    version: VersionId,
    { epoch, opSeq }: CommandOrder,
    answer: CommandAnswers[Verb],
  ): Promise<void> {
    return this.#record({ t: 'done', version, epoch, opSeq, answer })
  }

  recordEnd(
    version: VersionId,
    { epoch, opSeq }: CommandOrder,
    outcome: UploadEnd | 'SEALED',
  ): Promise<void> {
    return this.#record({ t: 'end-upload', version, epoch, opSeq, outcome })
  }

  recordSuccession(uid: Uid): Promise<void> {
    return this.#record({ t: 'succeeded', uid })
  }

  async close(): Promise<void> {
    await this.journal?.close()
  }

  #requireWhole(): Journal {
    if (this.journal) return this.journal
    throw this.damage ?? new Error('the journal of commands is not open')
  }

  async #record(record: Untimed<CommandRecord>): Promise<void> {
    const timed = { ...record, time: new Date().toISOString() } as CommandRecord
    await this.#requireWhole().append(timed)
    this.#apply(timed)
  }

  #apply(record: CommandRecord): void {
    if (record.t === 'succeeded') return void this.#succeeded.add(record.uid)
    if (record.t === 'repaired') {
      this.#leastEpoch = Math.max(this.#leastEpoch, record.epoch)
      return
    }
    const next = applyCommandRecord(this.#last.get(record.version), record)
    if (next) this.#last.set(record.version, next)
  }
}

/** @throws DomainError STALE_COMMAND */
export function requireNotOlder(version: VersionId, order: CommandOrder, last: CommandOrder): void {
  const isOlder = order.epoch === last.epoch ? order.opSeq < last.opSeq : order.epoch < last.epoch
  if (!isOlder) return
  throw new DomainError(
    'STALE_COMMAND',
    `version ${version}: command ${order.epoch}/${order.opSeq} comes after ${last.epoch}/${last.opSeq}`,
    { version_id: version, epoch: String(last.epoch), op_seq: String(last.opSeq) },
  )
}
