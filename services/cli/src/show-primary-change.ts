import type { catalog } from '@goldkeep/contracts'
import type { Session } from './session.js'
import { isoTime, primaryChangeWord } from './views/words.js'

export function primaryChangeView(change: catalog.PrimaryChange) {
  const { changeId, imageId, forced, reason } = change
  const reference = (number: number) => (number > 0 ? `${imageId}@${number}` : undefined)
  return {
    changeId,
    imageId,
    kind: primaryChangeWord(change.kind),
    from: reference(change.fromNumber),
    fromVersionId: change.fromVersionId || undefined,
    to: reference(change.toNumber),
    toVersionId: change.toVersionId || undefined,
    actor: change.actor?.name,
    reason: reason || undefined,
    forced,
    time: isoTime(change.changeTime),
  }
}

/** Says what the pointer did, and how to take it back. */
export function showPrimaryChange(
  session: Session,
  change: catalog.PrimaryChange | undefined,
  undo: string | undefined,
): void {
  if (!change) return
  const view = primaryChangeView(change)
  session.show({ ...view, moved: true, undo }, () => {
    const from = view.from ? `, before it was ${view.from}` : ''
    return `${view.imageId} now deploys ${view.to ?? 'nothing'} (${view.toVersionId ?? '-'})${from}`
  })
  if (undo) session.say(`undo: ${undo}`)
}

/**
 * Says that the version was the primary before.
 * @param change that made it so; nothing is to be taken back
 */
export function showPrimaryUnchanged(session: Session, change: catalog.PrimaryChange | undefined): void {
  if (!change) return
  const view = primaryChangeView(change)
  session.show(
    { ...view, moved: false },
    () =>
      `${view.imageId} deploys ${view.to ?? 'nothing'} (${view.toVersionId ?? '-'}) already; nothing was changed`,
  )
}
