export const lifecycles = [
  'UPLOADING',
  'SEALED',
  'ABORTED',
  'EXPIRED',
  'TRASHED',
  'PURGING',
  'PURGED',
] as const
export type Lifecycle = (typeof lifecycles)[number]

export const verdicts = ['PENDING', 'VALID', 'INVALID'] as const
export type Verdict = (typeof verdicts)[number]

/** From best to worst. UNREADABLE: on the volume, which cannot read it at present. */
export const presences = ['PRESENT', 'UNREADABLE', 'DAMAGED', 'MISSING'] as const
export type Presence = (typeof presences)[number]

export const marks = ['GOOD', 'BAD'] as const
export type Mark = (typeof marks)[number]

export const commands = ['TRASH', 'RESTORE', 'PURGE', 'END_UPLOAD', 'MOVE'] as const
export type Command = (typeof commands)[number]

/** How an upload can end without a version. */
export type UploadEnd = 'ABORTED' | 'EXPIRED'

/**
 * Where a version may go from each lifecycle. ABORTED and EXPIRED lead to SEALED because storage decides
 * how an upload ends, and its seal may have come before the wish to end it.
 */
export const lifecycleTransitions = {
  UPLOADING: ['SEALED', 'ABORTED', 'EXPIRED'],
  SEALED: ['TRASHED'],
  ABORTED: ['SEALED'],
  EXPIRED: ['SEALED'],
  TRASHED: ['SEALED', 'PURGING'],
  PURGING: ['PURGED'],
  PURGED: ['SEALED'],
} as const satisfies Record<Lifecycle, readonly Lifecycle[]>

/** The one word that people see: lifecycle unless SEALED, else presence unless PRESENT, else verdict. */
export function stateWord(state: {
  readonly lifecycle: Lifecycle
  readonly presence: Presence
  readonly verdict: Verdict
}): Lifecycle | Presence | Verdict {
  if (state.lifecycle !== 'SEALED') return state.lifecycle
  if (state.presence !== 'PRESENT') return state.presence
  return state.verdict
}

/** The best presence of several locations: one whole copy can be deployed. No location at all is MISSING. */
export function bestPresence(all: readonly Presence[]): Presence {
  return presences.find((one) => all.includes(one)) ?? 'MISSING'
}
