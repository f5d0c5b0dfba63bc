import type { Syscalls } from './syscalls.js'

/** Writes all of `data` at `position`, however the kernel splits it. */
export async function writeFully(
  sys: Syscalls,
  fd: number,
  data: Uint8Array,
  position: number,
): Promise<void> {
  let done = 0
  while (done < data.length) {
    const rest = done === 0 ? data : data.subarray(done)
    const written = await sys.write(fd, rest, position + done)
    if (written <= 0) throw new Error(`wrote ${done} of ${data.length} bytes`)
    done += written
  }
}

/** Reads up to `length` bytes; less only at the end of the file. */
export async function readFully(
  sys: Syscalls,
  fd: number,
  position: number,
  length: number,
  buffer: Uint8Array = Buffer.allocUnsafe(length),
): Promise<Uint8Array> {
  let done = 0
  while (done < length) {
    const read = await sys.read(fd, buffer.subarray(done), position + done)
    if (read === 0) break
    done += read
  }
  return buffer.subarray(0, done)
}
