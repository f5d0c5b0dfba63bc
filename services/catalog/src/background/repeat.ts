/** Something that goes on until it is stopped. */
export interface Repeating {
  /** Does the next round at once. */
  wake(): void
  /** Resolves when the round that is under way has ended. */
  stop(): Promise<void>
}

/**
 * Does a round again and again, a pause after each.
 * @param round answers the milliseconds until the next; it handles its own faults
 */
export function repeat(round: () => Promise<number>): Repeating {
  let stopped = false
  let isWoken = false
  let endPause: (() => void) | undefined

  const pause = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      endPause = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  const running = (async () => {
    while (!stopped) {
      const milliseconds = await round()
      if (!stopped && !isWoken) await pause(milliseconds)
      isWoken = false
    }
  })()

  return {
    wake: () => {
      isWoken = true
      endPause?.()
    },
    stop: async () => {
      stopped = true
      endPause?.()
      await running
    },
  }
}
