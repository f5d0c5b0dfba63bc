import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { isTried, matrixTimeout } from '@goldkeep/testing'
import { Bench } from '../make-version.js'
import { Captures } from './captures.js'
import { judgeRow } from './judge-row.js'
import { matrix } from './rows.js'

let bench: Bench
let captures: Captures

beforeAll(async () => {
  bench = await Bench.open()
  captures = new Captures(bench)
})
afterAll(() => bench.close())

test('the matrix has at least 120 versions, each of a name of its own', () => {
  expect(matrix.length).toBeGreaterThanOrEqual(120)
  expect(new Set(matrix.map(({ name }) => name)).size).toBe(matrix.length)
})

test.each(matrix.filter(({ name }) => isTried(name, 'verdict')))(
  '$name: $state',
  async (row) => {
    const { gravest, wimlib, ...judged } = await judgeRow(bench, captures, row)
    const { state, gives, told } = row
    expect({ gravest, ...judged }).toEqual({ gravest: expect.any(String), state, gives, told })
    if (row.says) expect(gravest).toContain(row.says)
    if (wimlib) expect({ gravest, wimlib }).toEqual({ gravest, wimlib: row.wimlib ?? usual(state) })
  },
  matrixTimeout,
)

/** Where the two differ, the row says so. A version that a reader of wimlib refuses is never VALID. */
const usual = (state: string): string => (state === 'VALID' ? 'takes' : 'refuses')
