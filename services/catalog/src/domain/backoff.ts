const firstMs = 1_000
const longestMs = 10 * 60_000

/** How long to wait after the n-th attempt: 1 s, doubled each time, 10 minutes at most. */
export function backoffMs(attempts: number): number {
  return Math.min(longestMs, firstMs * 2 ** Math.max(0, attempts - 1))
}
