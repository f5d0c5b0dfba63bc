import { fstatSync, write } from 'node:fs'
import { Writable } from 'node:stream'
import { promisify } from 'node:util'
import { exitCodes } from '@goldkeep/domain'
import { CliError } from '../cli-error.js'

const writeSome = promisify(write)

/** Standard output. Node's own stream for files and devices takes a part that was written for the whole. */
export function openStandardOutput(): Writable {
  const { stdout } = process
  const found = fstatSync(stdout.fd)
  const isFile = found.isFile() || (found.isCharacterDevice() && !stdout.isTTY)
  return isFile ? fileOutput(stdout.fd) : stdout
}

/** Writes to a file or device that is open; all of each piece, or it fails. */
export function fileOutput(fd: number): Writable {
  const writeAll = async (data: Buffer): Promise<void> => {
    for (let written = 0; written < data.length;)
      written += (await writeSome(fd, data, written, data.length - written)).bytesWritten
  }
  return new Writable({
    write: (data: Buffer, _encoding, done) => void writeAll(data).then(() => done(), done),
  })
}

/**
 * Waits until everything was taken. A reader that has enough, as in `goldkeep … | head`, is no failure.
 * @throws CliError when it could not be written
 */
export async function requireWritten(output: Writable): Promise<void> {
  const error = await new Promise<Error | null | undefined>((resolve) => output.write('', resolve))
  const failure = (output.errored ?? error) as NodeJS.ErrnoException | null | undefined
  if (failure && failure.code !== 'EPIPE') throw outputError(failure)
}

/** A failure to write to standard output, for a person. */
export function outputError({ code, message }: NodeJS.ErrnoException): CliError {
  if (code === 'ENOSPC') return new CliError('NO_SPACE', 'standard output: no space left', exitCodes.noSpace)
  return new CliError('OUTPUT_FAILED', `standard output cannot be written: ${message}`, exitCodes.other)
}
