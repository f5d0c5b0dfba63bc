import { createHash } from 'node:crypto'

/** Numbers from 0 up to 1, the same for a seed whenever they are drawn. */
export type Random = () => number

/** Hashes of the seed and a count, eight numbers from each. */
export function randomFrom(seed: number | string): Random {
  let count = 0
  let drawn: number[] = []
  return () => {
    if (drawn.length === 0) {
      const digest = createHash('sha256').update(`${seed}/${count++}`).digest()
      drawn = Array.from({ length: 8 }, (_, index) => digest.readUInt32LE(index * 4) / 2 ** 32)
    }
    return drawn.pop() ?? 0
  }
}
