import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Bench } from '../make-version.js'
import { askWimlib } from './ask-wimlib.js'
import { judgeWim } from './judge.js'
import { mutation } from './mutate.js'
import { captureSeeds, type Seed } from './seeds.js'

// `node tools/wim-mutants.mjs --count 2000 --seed 7` tries more.
const count = Number(process.env.GOLDKEEP_WIM_MUTANTS ?? '22')
const seed = Number(process.env.GOLDKEEP_WIM_SEED ?? Date.now() % 1_000_000)

let bench: Bench
let seeds: readonly Seed[]

beforeAll(async () => {
  bench = await Bench.open()
  seeds = await captureSeeds(bench)
})
afterAll(() => bench.close())

test('a sound capture is VALID in every form that wimlib writes', async () => {
  for (const { name, bytes } of seeds)
    expect({ name, ...(await judgeWim(bench, bytes)) }).toMatchObject({ decision: 'VALID', reasons: '' })
})

describe(`of ${count} damaged captures (seed ${seed})`, () => {
  test('each gets a verdict, and none is VALID that a reader of wimlib refuses', async () => {
    const wrong: string[] = []
    const counts = { refused: 0, accepted: 0, acceptedInvalid: 0 }
    const mutations = fc.sample(mutation, { seed, numRuns: count })
    for (const [index, { words, apply }] of mutations.entries()) {
      const whole = seeds[index % seeds.length]
      if (!whole) throw new Error('no seeds')
      const bytes = apply(whole.bytes)
      if (bytes.equals(whole.bytes)) continue
      const { decision, reasons, localPath } = await judgeWim(bench, bytes)
      const answers = await askWimlib(localPath, whole.pipable, join(dirname(localPath), 'applied'))
      const isRefused = Object.values(answers).some((code) => code !== 0)
      counts[isRefused ? 'refused' : 'accepted'] += 1
      if (!isRefused && decision === 'INVALID') counts.acceptedInvalid += 1
      const what = `mutant ${index} of ${whole.name}, ${words}: ${decision}, ${JSON.stringify(answers)}\n${reasons}`
      if (decision === 'UNDECIDED' || (isRefused && decision === 'VALID')) wrong.push(what)
      if (process.env.GOLDKEEP_WIM_VERBOSE && !isRefused && decision === 'INVALID')
        process.stdout.write(`${what}\n`)
      await rm(dirname(dirname(localPath)), { recursive: true })
    }
    if (process.env.GOLDKEEP_WIM_MUTANTS) process.stdout.write(`seed ${seed}: ${JSON.stringify(counts)}\n`)
    expect(wrong).toEqual([])
  }, 7_200_000)
})
