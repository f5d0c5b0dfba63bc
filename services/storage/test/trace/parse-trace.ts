/** A system call that succeeded, as strace saw it. */
export interface TracedCall {
  readonly name: string
  /** Of the file that it is about, in the volume; a connection's ends for a socket. */
  readonly path: string
  /** Of a rename. */
  readonly to?: string
  /** Of a write at an offset: where it ended. */
  readonly end?: number
  /** What was written to a socket. */
  readonly sent?: Buffer
  /** Lines of the trace, between which the kernel was at work. */
  readonly began: number
  readonly ended: number
}

/** The calls that the tests look at. */
export const tracedNames =
  'openat,write,writev,pwrite64,fsync,fdatasync,rename,symlink,unlink,ftruncate,mkdir,rmdir,link'

/**
 * The command that runs a program under strace: the program stays our own child, and every text is in hex.
 * @param more further options, such as faults to inject
 */
export const straceCommand = (output: string, ...more: readonly string[]): readonly string[] => [
  ...['strace', '-D', '-f', '-yy', '-xx', '-s', '65536', '-o', output],
  ...more,
  '--',
]

interface Begun {
  readonly text: string
  readonly line: number
}

/** Reads what `straceCommand` wrote, in the order in which the calls ended. */
export function parseTrace(trace: string, volume: string): TracedCall[] {
  const begun = new Map<string, Begun>()
  const directories = new Map<string, string>()
  const calls: TracedCall[] = []
  for (const [line, text] of trace.split('\n').entries()) {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(text) ?? []
    const unfinished = /^(.*) <unfinished \.\.\.>$/.exec(rest)
    if (unfinished) {
      begun.set(thread, { text: unfinished[1] ?? '', line })
      continue
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest)
    const began = resumed ? begun.get(thread) : undefined
    const whole = resumed ? `${began?.text ?? ''}${resumed[1] ?? ''}` : rest
    const call = parseCall(whole, volume, directories)
    if (call) calls.push({ ...call, began: began?.line ?? line, ended: line })
  }
  return calls
}

function parseCall(
  text: string,
  volume: string,
  directories: Map<string, string>,
): Omit<TracedCall, 'began' | 'ended'> | undefined {
  const [, name, given = '', result = ''] = /^(\w+)\((.*)\) += (\d+.*)$/.exec(text) ?? []
  if (name === undefined) return undefined
  const inVolume = (path: string): string => (path.startsWith(volume) ? path.slice(volume.length + 1) : path)
  const opened = /^(\d+)<([^>]*)>/.exec(result)
  if (opened?.[1] !== undefined) directories.set(opened[1], inVolume(fromHex(opened[2] ?? '')))
  const texts = [...given.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex = '']) => hex)
  const [, about = ''] = /^\d+<([^>]*(?:>[^>]*\])?)>/.exec(given) ?? []
  if (about.startsWith('TCP')) return { name, path: about, sent: Buffer.concat(texts.map(bytesFromHex)) }
  if (about !== '') {
    const end =
      name === 'pwrite64' ? Number(/, (\d+)$/.exec(given)?.[1]) + Number.parseInt(result) : undefined
    return { name, path: inVolume(fromHex(about)), ...(end !== undefined && { end }) }
  }
  const [first = '', second] = texts.map((hex) => inVolume(resolve(fromHex(hex), directories)))
  return { name, path: first, ...(second !== undefined && { to: second }) }
}

/** Paths begin at an open directory. */
function resolve(path: string, directories: ReadonlyMap<string, string>): string {
  const [, fd = '', name = ''] = /^\/proc\/self\/fd\/(\d+)\/(.*)$/.exec(path) ?? []
  const directory = directories.get(fd)
  return directory === undefined ? path : `${directory}/${name}`
}

const bytesFromHex = (hex: string): Buffer => Buffer.from(hex.replaceAll('\\x', ''), 'hex')
const fromHex = (hex: string): string => bytesFromHex(hex).toString()
