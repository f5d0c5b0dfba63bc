import { exitCodes } from '@goldkeep/domain'
import type { Writable } from 'node:stream'
import { CliError } from '../cli-error.js'
import { formatSize } from '../output/format.js'
import type { ProgressLine } from '../output/progress-line.js'
import { outputError } from '../output/standard-output.js'

/**
 * Writes to a stream that stays open, such as standard output, no faster than it takes.
 * @throws CliError when its reader has ended, or when it cannot be written; or what the bytes threw
 */
export async function pipeOut(out: Writable, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  let passed = 0
  for await (const data of bytes) {
    const error = await new Promise<Error | null | undefined>((resolve) => out.write(data, resolve))
    if (error) throw brokenOutput(error, passed)
    passed += data.length
  }
}

function brokenOutput(error: NodeJS.ErrnoException, passed: number): CliError {
  if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') return outputError(error)
  return new CliError(
    'CONSUMER_FAILED',
    `the program that reads standard output ended after it got ${formatSize(passed)}, before the end of the file`,
    exitCodes.processFailed,
  )
}

/** The same bytes, shown as they pass. @param before bytes that came earlier */
export async function* withProgress(
  bytes: AsyncIterable<Uint8Array>,
  line: ProgressLine,
  before = 0,
): AsyncGenerator<Uint8Array> {
  let passed = before
  if (before > 0) line.update(before, 'going on')
  for await (const data of bytes) {
    passed += data.length
    line.update(passed)
    yield data
  }
  line.end(`done, ${formatSize(passed)}`)
}
