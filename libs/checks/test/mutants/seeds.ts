import type { Bench } from '../make-version.js'

export interface Seed {
  readonly name: string
  readonly bytes: Buffer
  readonly pipable: boolean
}

const kinds: readonly (readonly string[])[] = [
  ['--compress=none'],
  ['--compress=fast'],
  ['--compress=LZX'],
  ['--compress=LZMS'],
  ['--compress=fast', '--check'],
  ['--solid'],
  ['--compress=none', '--pipable'],
  ['--compress=fast', '--pipable'],
  ['--compress=LZX', '--pipable'],
  ['--compress=LZMS', '--pipable'],
  ['--compress=fast', '--pipable', '--check'],
]

/** A real capture of one tree in each form that wimlib writes. */
export async function captureSeeds(bench: Bench): Promise<Seed[]> {
  const seeds: Seed[] = []
  for (const words of kinds) {
    const bytes = await bench.captureMixedTree(...words)
    seeds.push({ name: words.join(' '), bytes, pipable: words.includes('--pipable') })
  }
  return seeds
}
