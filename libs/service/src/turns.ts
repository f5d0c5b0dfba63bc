let last: Promise<void> = Promise.resolve()

/**
 * Resolves in a turn of the event loop that no other caller of this function has. There is one event loop in the
 * process, and so one line: between two pieces of long work other calls are served.
 */
export function takeTurn(): Promise<void> {
  last = last.then(() => new Promise((resolve) => setImmediate(resolve)))
  return last
}
