/** Two clocks that differ by more are worth a person's look. In milliseconds. */
const toleratedMs = 30_000

/**
 * One sentence about a clock that differs from the database's, by which all times are; `undefined` when it agrees or
 * is not known.
 * @param whose such as `the storage service`
 * @param aheadMs negative: it is behind
 */
export function describeClock(whose: string, aheadMs: number | null): string | undefined {
  if (aheadMs === null || Math.abs(aheadMs) <= toleratedMs) return undefined
  const direction = aheadMs > 0 ? 'ahead of' : 'behind'
  return (
    `the clock of ${whose} is ${formatSpan(Math.abs(aheadMs))} ${direction} the clock of the database; ` +
    'set the clock that is wrong'
  )
}

function formatSpan(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 120) return `${minutes} min`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`
}
