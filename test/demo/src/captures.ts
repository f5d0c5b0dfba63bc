import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'

/** The command that captures `tree` to standard output, as the WinPE client does. */
export const captureCommand = (tree: string): string[] => [
  'wimlib-imagex',
  'capture',
  tree,
  '-',
  '--compress=fast',
]

/** The same, killed by signal after `bytes` bytes, with last words on standard error. */
export const dyingCaptureCommand = (tree: string, bytes: number): string[] => [
  'sh',
  '-c',
  'wimlib-imagex capture "$0" - --compress=fast 2>/dev/null | head -c "$1"; echo "capture: the cable was pulled" >&2; kill -KILL $$',
  tree,
  String(bytes),
]

/**
 * A consumer that applies a stream to `target`, and that stops in the middle, having made the file
 * `reached`, until the file `go` exists.
 */
export const slowApplyCommand = (target: string, reached: string, go: string): string[] => [
  'sh',
  '-c',
  '{ head -c 4000000; touch "$1"; while [ ! -e "$2" ]; do sleep 0.1; done; cat; } | wimlib-imagex apply - 1 "$0"',
  target,
  reached,
  go,
]

export const applyCommand = (target: string): string[] => ['wimlib-imagex', 'apply', '-', '1', target]

/** SHA-256 of a file, in hex. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/** Turns over the bits of one byte in the middle of a file, as a bad cable or disk does. */
export async function flipByteInTheMiddle(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    const position = Math.floor((await file.stat()).size / 2)
    const byte = Buffer.alloc(1)
    await file.read(byte, 0, 1, position)
    byte[0] = (byte[0] ?? 0) ^ 0xff
    await file.write(byte, 0, 1, position)
  } finally {
    await file.close()
  }
}
