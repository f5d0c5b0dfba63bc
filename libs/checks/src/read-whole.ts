import type { DeepCheckOptions } from './deep-check-options.js'
import type { CheckName } from '@goldkeep/domain'
import type { OpenFile } from './subject.js'

/** Takes a file's bytes in order, so that several examinations share one reading. */
export interface ByteConsumer {
  push(bytes: Uint8Array): void | Promise<void>
}

const blockBytes = 1024 * 1024

/**
 * Reads a file once from its beginning to its end.
 * Rejects with the signal's reason when aborted, and when the file ends before its size.
 */
export async function readWhole(
  open: OpenFile,
  consumers: readonly ByteConsumer[],
  { check, path }: { readonly check: CheckName; readonly path: string },
  { signal, onProgress }: DeepCheckOptions,
): Promise<void> {
  for (let offset = 0; offset < open.size;) {
    signal.throwIfAborted()
    const block = await open.read(offset, Math.min(blockBytes, open.size - offset))
    if (block.length === 0) throw new Error(`the file ended at ${offset} of ${open.size} bytes`)
    for (const consumer of consumers) await consumer.push(block)
    offset += block.length
    onProgress?.({ check, path, bytes: offset })
  }
}
