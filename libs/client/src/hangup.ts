import { isatty } from 'node:tty'

/** As they were at the start: a terminal that was closed is none any more. */
const hasTerminal = [0, 1, 2].some((fd) => isatty(fd))
let isHungUp = false

/** Remembers that the terminal was closed, for `endByHangup`. */
export function watchForHangup(): void {
  process.on('SIGHUP', () => (isHungUp = true))
}

/**
 * Ends a process whose terminal was closed by the signal that told it. At its own exit Node sets the terminal back as
 * it was, and aborts where that cannot be done. Returns where no terminal was closed.
 */
export function endByHangup(): void {
  if (!isHungUp || !hasTerminal) return
  process.removeAllListeners('SIGHUP')
  process.kill(process.pid, 'SIGHUP')
}
