import { expect, test } from '@jest/globals'
import { fuzz } from '../../libs/checks/test/fuzz/fuzz.js'
import { useFuzzedReaders } from '../../libs/checks/test/fuzz/use-fuzzed-readers.js'

const runs = Number(process.env.GOLDKEEP_FUZZ_RUNS ?? '10000')
const seed = Number(process.env.GOLDKEEP_FUZZ_SEED ?? Date.now() % 1_000_000)
const mebibyte = 1024 ** 2

const readers = useFuzzedReaders()

test(`each reader refuses or reads ${runs} inputs, at little cost (seed ${seed})`, async () => {
  for (const reader of readers()) {
    const { faults, worstMs, grownBytes } = await fuzz(reader, runs, seed)
    process.stdout.write(
      `${reader.name}: ${runs} inputs, ${faults.length} faults, at worst ${worstMs.toFixed(0)} ms of processor time ` +
        `and ${Math.round(grownBytes / mebibyte)} MiB of growth\n`,
    )
    expect(faults).toEqual([])
    expect(worstMs).toBeLessThan(2_000)
    expect(grownBytes).toBeLessThan(512 * mebibyte)
  }
}, 3_600_000)
