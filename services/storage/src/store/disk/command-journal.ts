import { DomainError, type UploadEnd, type VersionId } from '@goldkeep/domain'
import { comparePublications, volumeLayout } from '@goldkeep/volume'
import type { CommandOrder } from '../version-store.js'
import type { VolumeRoot } from './directories.js'
import { Journal } from './journal.js'

/** The last command about a version, and what came of it. */
export interface CommandRecord extends CommandOrder {
  readonly t: 'end-upload'
  readonly version: VersionId
  readonly outcome: UploadEnd | 'SEALED'
  /** RFC 3339. */
  readonly time: string
}

/** The volume's durable memory of commands, by which late ones are refused and repeated ones answered. */
export class CommandJournal {
  private constructor(
    private readonly journal: Journal,
    private readonly last: Map<VersionId, CommandRecord>,
  ) {}

  static async open(root: VolumeRoot): Promise<CommandJournal> {
    const { journal, records } = await Journal.open(root, volumeLayout('').commands)
    const last = new Map<VersionId, CommandRecord>()
    for (const record of records as CommandRecord[]) last.set(record.version, record)
    return new CommandJournal(journal, last)
  }

  find(version: VersionId): CommandRecord | undefined {
    return this.last.get(version)
  }

  get highestEpoch(): number {
    return [...this.last.values()].reduce((highest, { epoch }) => Math.max(highest, epoch), 0)
  }

  /**
   * The recorded result of a command that is repeated.
   * @throws DomainError STALE_COMMAND when a later one has been carried out
   */
  recall(version: VersionId, order: CommandOrder): CommandRecord | undefined {
    const last = this.last.get(version)
    if (!last) return undefined
    const older = comparePublications(
      { epoch: order.epoch, generation: order.opSeq },
      { epoch: last.epoch, generation: last.opSeq },
    )
    if (older < 0)
      throw new DomainError(
        'STALE_COMMAND',
        `version ${version}: command ${order.epoch}/${order.opSeq} comes after ${last.epoch}/${last.opSeq}`,
        { version_id: version, epoch: String(last.epoch), op_seq: String(last.opSeq) },
      )
    return older === 0 ? last : undefined
  }

  async record(record: CommandRecord): Promise<void> {
    await this.journal.append(record)
    this.last.set(record.version, record)
  }

  close(): Promise<void> {
    return this.journal.close()
  }
}
