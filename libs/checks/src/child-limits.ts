/** What a child process may use, so that a hostile file costs no more. */
export interface ChildLimits {
  /** Bytes of memory that it may reserve. */
  readonly memoryBytes: number
  /** Seconds of processor time. */
  readonly cpuSeconds: number
}

/** How much a child gives way to others; 19 is the most. */
const niceness = 10

/**
 * The words before a command that put it under limits: memory, processor time, no file written, no core dump.
 * `prlimit` is of util-linux, which every Linux has; other systems have no such limits.
 */
export function limitPrefix(limits: ChildLimits | undefined): string[] {
  if (!limits || process.platform !== 'linux') return []
  const { memoryBytes, cpuSeconds } = limits
  const words = [`--as=${memoryBytes}`, `--cpu=${Math.ceil(cpuSeconds)}`, '--fsize=0', '--core=0']
  return ['prlimit', ...words, 'nice', '-n', `${niceness}`]
}
