import { afterAll, beforeAll } from '@jest/globals'
import { Bench } from '../make-version.js'
import { captureSeeds } from '../mutants/seeds.js'
import { fuzzedReaders, type FuzzedReader } from './readers.js'

/** The readers, and real captures to spoil, for the tests of one file. */
export function useFuzzedReaders(): () => readonly FuzzedReader[] {
  let bench: Bench
  let readers: readonly FuzzedReader[]
  beforeAll(async () => {
    bench = await Bench.open()
    readers = fuzzedReaders((await captureSeeds(bench)).map(({ bytes }) => bytes))
  })
  afterAll(() => bench.close())
  return () => readers
}
