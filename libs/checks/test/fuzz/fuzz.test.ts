import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Bench } from '../make-version.js'
import { captureSeeds } from '../mutants/seeds.js'
import { fuzz } from './fuzz.js'
import { fuzzedReaders, type FuzzedReader } from './readers.js'

const seed = Date.now() % 1_000_000
const runs = 40
const mebibyte = 1024 ** 2

let bench: Bench
let readers: readonly FuzzedReader[]

beforeAll(async () => {
  bench = await Bench.open()
  readers = fuzzedReaders((await captureSeeds(bench)).map(({ bytes }) => bytes))
})
afterAll(() => bench.close())

// `npm run test:large -- fuzzed-readers` tries many more.
test.each(['WIM', 'XML', 'schema', 'lz4', 'gzip', 'partclone', 'FFU'])(
  `the reader of %s refuses or reads whatever comes, at little cost (seed ${seed})`,
  async (name) => {
    const reader = readers.find((one) => one.name === name)
    if (!reader) throw new Error(`there is no reader of ${name}`)
    const { faults, worstMs, grownBytes } = await fuzz(reader, runs, seed)
    expect(faults).toEqual([])
    expect(worstMs).toBeLessThan(2_000)
    expect(grownBytes).toBeLessThan(256 * mebibyte)
  },
)
