/** One way to do what is measured. */
export interface Contestant {
  readonly name: string
  /** Does it once. @returns how long it took, in seconds */
  readonly run: (round: number) => Promise<number>
}

export interface Result {
  readonly name: string
  /** In seconds, in the order of the rounds. */
  readonly seconds: readonly number[]
}

/**
 * Lets all take turns, round by round, so that a machine that becomes slower does so for each of them; the
 * first round warms up and does not count.
 */
export async function compete(contestants: readonly Contestant[], rounds: number): Promise<Result[]> {
  const results = contestants.map(({ name }) => ({ name, seconds: [] as number[] }))
  for (let round = 0; round <= rounds; round += 1)
    for (const [index, { name, run }] of contestants.entries()) {
      const seconds = await run(round)
      process.stderr.write(
        `  ${round === 0 ? 'warm-up' : `round ${round}`}  ${name}  ${seconds.toFixed(2)} s\n`,
      )
      if (round > 0) results[index]?.seconds.push(seconds)
    }
  return results
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length / 2
  const [low = Number.NaN, high = low] = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1)
  return (low + high) / 2
}

/** How much faster the first is than the second: the median of the rounds' ratios. */
export function speedRatio(one: Result, other: Result): number {
  return median(one.seconds.map((seconds, round) => (other.seconds[round] ?? Number.NaN) / seconds))
}
