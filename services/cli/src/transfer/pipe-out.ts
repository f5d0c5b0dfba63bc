import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { formatSize } from '../output/format.js'
import type { ProgressLine } from '../output/progress-line.js'

/** Writes to a stream that stays open, such as standard output, no faster than it takes. */
export async function pipeOut(out: Writable, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const data of bytes) if (!out.write(data)) await once(out, 'drain')
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
