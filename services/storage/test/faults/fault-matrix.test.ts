import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { directoryInMemory, matrixTimeout, type TemporaryDirectory } from '@goldkeep/testing'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { operations } from '../crash/operations.js'
import { recoveries } from '../crash/recoveries.js'
import { worldBefore } from '../crash/world-before.js'
import { makeWorld, type World } from '../support/world.js'
import { callsToFail, faultAt } from './fault-at-call.js'

let directory: TemporaryDirectory
let world: World

beforeAll(async () => {
  directory = await directoryInMemory('faults')
  world = await makeWorld(join(directory.path, 'world'))
})
afterAll(() => directory.remove())

const mostShown = 8

describe('no law is broken, the error is clear, and it ends well without the fault, when the volume fails in', () => {
  test.each([...operations, ...recoveries].map((operation) => [operation.name, operation] as const))(
    '%s',
    async (name, operation) => {
      const before = await worldBefore(world, operation, join(directory.path, `before ${name}`))
      const { calls, of } = await callsToFail(before, operation, join(directory.path, `in peace ${name}`))
      const broken: string[] = []
      for (const call of calls) {
        const path = join(directory.path, `${name} ${call}`)
        mkdirSync(path)
        const fault = { call, code: call % 3, lasting: call % 2 === 1 }
        const outcome = await faultAt(before, operation, fault, path)
        rmSync(path, { recursive: true })
        const where = `${outcome.at ?? 'no fault'} (call ${call})`
        broken.push(...outcome.broken.map((sentence) => `${where}: ${sentence}`))
      }
      expect({ broken: broken.slice(0, mostShown), of: broken.length }).toEqual({ broken: [], of: 0 })
      expect(of).toBeGreaterThan(3)
    },
    matrixTimeout,
  )
})
