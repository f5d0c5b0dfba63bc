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

/** From best to worst. */
export const presences = ['PRESENT', 'DAMAGED', 'MISSING'] as const
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

/** The worst presence of several locations; no location at all is MISSING. */
export function worstPresence(all: readonly Presence[]): Presence {
  if (all.length === 0) return 'MISSING'
  return all.reduce((worst, one) => (presences.indexOf(one) > presences.indexOf(worst) ? one : worst))
}
