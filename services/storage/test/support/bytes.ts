import { createHash } from 'node:crypto'

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Bytes that differ for each seed and do not repeat soon. */
export function bytesOf(size: number, seed: string): Buffer {
  const block = Buffer.concat(
    Array.from({ length: 64 }, (_, index) => createHash('sha256').update(`${seed}/${index}`).digest()),
  )
  const bytes = Buffer.alloc(size)
  for (let at = 0; at < size; at += block.length) block.copy(bytes, at)
  return bytes
}

const digests = new WeakMap<Uint8Array, string>()

/** The same, remembered for bytes that are asked about again and again, and never change. */
export function sha256Once(bytes: Uint8Array): string {
  const known = digests.get(bytes) ?? sha256(bytes)
  digests.set(bytes, known)
  return known
}
