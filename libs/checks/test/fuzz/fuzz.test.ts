import { expect, test } from '@jest/globals'
import { seedOf } from '@goldkeep/testing'
import { fuzz } from './fuzz.js'
import { useFuzzedReaders } from './use-fuzzed-readers.js'

const seed = seedOf('fuzzed readers')
const runs = 40
const mebibyte = 1024 ** 2

const readers = useFuzzedReaders()

// `npm run test:large -- fuzzed-readers` tries many more.
test.each(['WIM', 'XML', 'schema', 'lz4', 'gzip', 'partclone', 'FFU'])(
  `the reader of %s refuses or reads whatever comes, at little cost (seed ${seed})`,
  async (name) => {
    const reader = readers().find((one) => one.name === name)
    if (!reader) throw new Error(`there is no reader of ${name}`)
    const { faults, worstMs, grownBytes } = await fuzz(reader, runs, seed)
    expect(faults).toEqual([])
    expect(worstMs).toBeLessThan(2_000)
    expect(grownBytes).toBeLessThan(256 * mebibyte)
  },
)
