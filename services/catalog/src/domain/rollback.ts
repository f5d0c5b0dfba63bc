/** One move of a primary pointer, as far as a rollback is concerned. */
export interface PointerMove {
  readonly kind: 'PROMOTE' | 'ROLLBACK' | 'CLEAR'
  readonly to: string | null
}

/**
 * The versions that rollbacks go back to, the latest first, without the present primary. The history is
 * read as a stack: a promotion puts a version on top (and takes away its earlier place), a rollback
 * takes off what lies above its target, a clear takes off the top. So a second rollback goes one
 * further back, never to the version just left.
 * @param history the oldest move first
 */
export function formerPrimaries(history: readonly PointerMove[], current: string | null): string[] {
  let stack: string[] = []
  for (const move of history) stack = applyMove(stack, move)
  return stack.filter((version) => version !== current).reverse()
}

function applyMove(stack: readonly string[], { kind, to }: PointerMove): string[] {
  if (to === null) return stack.slice(0, -1)
  const place = stack.indexOf(to)
  if (kind === 'ROLLBACK' && place >= 0) return stack.slice(0, place + 1)
  return [...stack.filter((version) => version !== to), to]
}
