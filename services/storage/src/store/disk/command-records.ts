import type { FilePath, ImageId, Uid, UploadEnd, VersionId } from '@goldkeep/domain'
import type { TrashName } from '@goldkeep/volume'
import type { Belonging, CommandOrder, Purged } from '../version-commands.js'
import type { StoredVersion } from '../version-store.js'

/** What each command has decided before it changes anything, so that a repeat does the same. */
export interface CommandPlans {
  readonly trash: Belonging & { readonly name: TrashName }
  /** Without a name: the version was in its place. */
  readonly restore: Belonging & { readonly name?: TrashName }
  /** Without a name: nothing was there. */
  readonly purge: { readonly name?: TrashName; readonly files: readonly FilePath[] }
  readonly clone: Belonging & { readonly source: VersionId; readonly files: readonly FilePath[] }
  readonly move: Belonging & { readonly from: ImageId }
}

export interface CommandAnswers {
  readonly trash: TrashName
  readonly restore: StoredVersion
  readonly purge: Purged
  readonly clone: StoredVersion
  readonly move: StoredVersion
}

export type CommandVerb = keyof CommandPlans

/** A command that has begun; with its answer when it is done. */
export interface BegunCommand<Verb extends CommandVerb = CommandVerb> extends CommandOrder {
  readonly verb: Verb
  readonly plan: CommandPlans[Verb]
  readonly answer?: CommandAnswers[Verb]
}

/** An upload that was ended, or sealed before it could be. */
export interface EndedUpload extends CommandOrder {
  readonly verb: 'end-upload'
  readonly outcome: UploadEnd | 'SEALED'
}

/** The last command about a version. */
export type LastCommand = { [Verb in CommandVerb]: BegunCommand<Verb> }[CommandVerb] | EndedUpload

interface About extends CommandOrder {
  readonly version: VersionId
  /** RFC 3339. */
  readonly time: string
}

/** What the volume's journal of commands holds. */
export type CommandRecord =
  | (About & { readonly t: 'end-upload'; readonly outcome: UploadEnd | 'SEALED' })
  | (About & {
      readonly t: 'begun'
      readonly verb: CommandVerb
      readonly plan: CommandPlans[CommandVerb]
    })
  | (About & { readonly t: 'done'; readonly answer: CommandAnswers[CommandVerb] })
  /** The journal was repaired: what was ordered before this epoch comes too late, whatever is known of it. */
  | { readonly t: 'repaired'; readonly epoch: number; readonly time: string }
  /** Another image has taken this one's id: what is published in its name comes too late. */
  | { readonly t: 'succeeded'; readonly uid: Uid; readonly time: string }

/** The last command about a version after one more record about it. */
export function applyCommandRecord(
  last: LastCommand | undefined,
  record: Exclude<CommandRecord, { t: 'succeeded' | 'repaired' }>,
): LastCommand | undefined {
  const { epoch, opSeq } = record
  switch (record.t) {
    case 'end-upload':
      return { verb: 'end-upload', outcome: record.outcome, epoch, opSeq }
    case 'begun':
      return { verb: record.verb, plan: record.plan, epoch, opSeq } as LastCommand
    case 'done':
      if (last?.epoch !== epoch || last.opSeq !== opSeq) return last
      return { ...last, answer: record.answer } as LastCommand
    default:
      // Written by a later minor version, and so of no consequence here.
      return last
  }
}

/** Where the last command puts the version, if it says so. */
export function belongingOf(last: LastCommand | undefined): Belonging | undefined {
  return last && 'plan' in last && 'imageId' in last.plan ? last.plan : undefined
}
