import { afterAll, beforeAll, expect, test } from '@jest/globals'
import {
  directoryInMemory,
  isTried,
  matrixTimeout,
  strideOf,
  type TemporaryDirectory,
} from '@goldkeep/testing'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { makeWorld, type World } from '../support/world.js'
import { crashAt, inPeace } from './crash-at-step.js'
import type { Operation } from './operations.js'
import { worldBefore } from './world-before.js'

/** One fault breaks a law at many steps. */
const mostShown = 8

/** Tests that no law is broken by an end at any step of the operations. */
export function testEveryStepOf(operations: readonly Operation[]): void {
  let directory: TemporaryDirectory
  let world: World

  beforeAll(async () => {
    directory = await directoryInMemory('crash')
    world = await makeWorld(join(directory.path, 'world'))
  })
  afterAll(() => directory.remove())

  /** An empty directory for one case, gone when it is over. */
  const inDirectory = async <T>(name: string, work: (path: string) => Promise<T>): Promise<T> => {
    const path = join(directory.path, name)
    mkdirSync(path)
    try {
      return await work(path)
    } finally {
      rmSync(path, { recursive: true })
    }
  }

  test.each(operations.map((operation) => [operation.name, operation] as const))(
    '%s',
    async (name, operation) => {
      const before = await worldBefore(world, operation, join(directory.path, `before ${name}`))
      const peace = await inDirectory('in peace', (path) => inPeace(before, operation, path))
      const { steps } = peace
      const broken: string[] = []
      for (const step of stepsToTry(operation, steps))
        for (const half of steps[step]?.startsWith('write ') ? [false, true] : [false])
          await inDirectory(`${step} ${half}`, async (path) => {
            const found = await crashAt(before, operation, { step, half }, peace, path)
            const where = `${half ? 'in' : 'before'} step ${step}, ${steps[step] ?? 'the next request'}`
            broken.push(...found.map((sentence) => `${where}: ${sentence}`))
          })
      expect({ broken: broken.slice(0, mostShown), of: broken.length }).toEqual({ broken: [], of: 0 })
      expect(steps.length).toBeGreaterThan(1)
    },
    matrixTimeout,
  )
}

/** The places of the steps at which it is ended; the last place is behind the last step. */
function stepsToTry(operation: Operation, steps: readonly string[]): number[] {
  const places = Array.from({ length: steps.length + 1 }, (_, place) => place)
  return places
    .filter((place) => place % strideOf(operation) === 0)
    .filter((place) => isTried(`${operation.name}/${place}`, steps[place] ?? ''))
}
