import fc from 'fast-check'
import type { FuzzedReader } from './readers.js'

/** What a reader cost at worst, and where it failed otherwise than by refusing. */
export interface FuzzFigures {
  readonly reader: string
  readonly runs: number
  /** Of processor time, by all threads, for one input. */
  readonly worstMs: number
  /** Bytes that the process grew by, at most. */
  readonly grownBytes: number
  readonly faults: readonly string[]
}

const pieceSizes = [1, 7, 40, 4096, 1024 * 1024] as const
/** Each costs a turn of the event loop. */
const mostPieces = 1_000
const atATime = 20
const slowMs = 500
const mostTries = 3
/** More faults than these say no more. */
const shown = 5

/** Gives a reader so many inputs, drawn by this seed, and measures each. */
export async function fuzz(reader: FuzzedReader, runs: number, seed: number): Promise<FuzzFigures> {
  const faults: string[] = []
  const before = process.memoryUsage().rss
  let worstMs = 0
  let grownBytes = 0
  for (const [index, [bytes, piece]] of inputsOf(reader, runs, seed)) {
    let fault: string | undefined
    const read = async (): Promise<void> => {
      fault = await faultOf(reader, bytes, Math.max(piece, Math.ceil(bytes.length / mostPieces)))
    }
    worstMs = Math.max(worstMs, await leastMs(read))
    grownBytes = Math.max(grownBytes, process.memoryUsage().rss - before)
    if (fault && faults.length < shown) faults.push(`input ${index} of seed ${seed}: ${fault}`)
  }
  return { reader: reader.name, runs, worstMs, grownBytes, faults }
}

/**
 * Milliseconds of processor time. Among what a process does meanwhile is the collection of others' garbage, and so
 * what seems to be slow is tried again: an input that costs much does so each time.
 */
async function leastMs(read: () => Promise<void>): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let tries = 0; tries < mostTries && least > slowMs; tries += 1) {
    const began = process.cpuUsage()
    await read()
    const { user, system } = process.cpuUsage(began)
    least = Math.min(least, (user + system) / 1000)
  }
  return least
}

/** A few at a time, since all of them would fill the memory. */
function* inputsOf(
  { inputs }: FuzzedReader,
  runs: number,
  seed: number,
): Generator<readonly [number, readonly [Buffer, number]]> {
  for (let first = 0; first < runs; first += atATime) {
    const numRuns = Math.min(atATime, runs - first)
    const some = fc.sample(fc.tuple(inputs, fc.constantFrom(...pieceSizes)), { seed: seed + first, numRuns })
    for (const [index, input] of some.entries()) yield [first + index, input]
  }
}

async function faultOf(reader: FuzzedReader, bytes: Buffer, piece: number): Promise<string | undefined> {
  try {
    await reader.read(bytes, piece)
    return undefined
  } catch (error) {
    if (reader.isRefusal(error)) return undefined
    return error instanceof Error ? `${error.stack}` : String(error)
  }
}
