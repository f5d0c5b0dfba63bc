import { createHash } from 'node:crypto'

/**
 * What the matrices try: `all`, or a sample that is drawn from this text. `npm test` gives the commit, so
 * that another part of all cases is tried for each commit, and every case within some of them.
 */
const choice = process.env.GOLDKEEP_MATRICES ?? 'every day'

/** One case of so many is tried, and more of the renames, which decide where a version is. */
const share = 12
const shareOfRenames = 3

export const triesAll = choice === 'all'

const drawNumber = (name: string): number =>
  createHash('sha256').update(`${choice}/${name}`).digest().readUInt32LE()

/** Every case by script; else the sample. */
export function isTried(name: string, step: string): boolean {
  if (triesAll) return true
  const oneOf = step.startsWith('rename ') ? shareOfRenames : share
  return drawNumber(name) % oneOf === 0
}

/**
 * Every case by script; else one, another for another commit.
 * @param name of the table
 */
export function sampleOf<Case>(name: string, cases: readonly Case[]): readonly Case[] {
  if (triesAll) return cases
  const drawn = drawNumber(name) % cases.length
  return cases.slice(drawn, drawn + 1)
}

/** A number below a million to draw inputs by; another for another commit. */
export const seedOf = (name: string): number => drawNumber(name) % 1_000_000

/** The stride of an operation whose other steps are tried by themselves; by script there is none. */
export const strideOf = ({ stride = 1 }: { readonly stride?: number }): number => (triesAll ? 1 : stride)

/** For one operation, in milliseconds. */
export const matrixTimeout = triesAll ? 1_800_000 : 180_000
