import type { TracedCall } from './parse-trace.js'

/** A message that a gRPC server sent. */
export interface SentAnswer {
  readonly bytes: Buffer
  /** The line of the trace at which its first byte was handed to the kernel. */
  readonly line: number
}

const frameHeaderBytes = 9
const dataFrame = 0
/** A flag and a length before each message (gRPC over HTTP/2). */
const messageHeaderBytes = 5

/** Every message that was sent on connections to the port, in order. */
export function answersFrom(calls: readonly TracedCall[], port: number): SentAnswer[] {
  const ofPort = calls.filter(({ path }) => new RegExp(`^TCP(v6)?:\\[[^\\]]*:${port}->`).test(path))
  const connections = [...new Set(ofPort.map(({ path }) => path))]
  const answers = connections.flatMap((connection) =>
    answersOn(ofPort.filter(({ path }) => path === connection)),
  )
  return answers.sort((one, other) => one.line - other.line)
}

function answersOn(writes: readonly TracedCall[]): SentAnswer[] {
  const bytes = Buffer.concat(writes.map(({ sent = Buffer.alloc(0) }) => sent))
  const lineAt = (position: number): number => {
    let end = 0
    const write = writes.find(({ sent }) => (end += sent?.length ?? 0) > position)
    return write?.began ?? Number.POSITIVE_INFINITY
  }
  const streams = new Map<number, { bytes: Buffer; line: number }>()
  const answers: SentAnswer[] = []
  for (let at = 0; at + frameHeaderBytes <= bytes.length;) {
    const length = bytes.readUIntBE(at, 3)
    const stream = bytes.readUInt32BE(at + 5)
    const payload = bytes.subarray(at + frameHeaderBytes, at + frameHeaderBytes + length)
    if (bytes[at + 3] === dataFrame && length > 0) {
      const held = streams.get(stream)
      streams.set(
        stream,
        takeMessages(
          Buffer.concat([held?.bytes ?? Buffer.alloc(0), payload]),
          held && held.bytes.length > 0 ? held.line : lineAt(at),
          answers,
        ),
      )
    }
    at += frameHeaderBytes + length
  }
  return answers
}

/** Takes the whole messages off a stream's bytes. @returns what is left */
function takeMessages(bytes: Buffer, line: number, answers: SentAnswer[]): { bytes: Buffer; line: number } {
  let rest = bytes
  while (rest.length >= messageHeaderBytes) {
    const end = messageHeaderBytes + rest.readUInt32BE(1)
    if (rest.length < end) break
    answers.push({ bytes: rest.subarray(messageHeaderBytes, end), line })
    rest = rest.subarray(end)
  }
  return { bytes: rest, line }
}
