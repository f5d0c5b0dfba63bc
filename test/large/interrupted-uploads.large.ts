import { startHouse, type House } from '@goldkeep/testing'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { join } from 'node:path'
import { interruptUploads } from '../e2e/support/interrupt-uploads.js'
import { captureMachine, type Capture } from '../e2e/support/scenario.js'

let house: House
let capture: Capture

beforeAll(async () => {
  house = await startHouse({ queue: 'postgres' })
  capture = await captureMachine(join(house.directory, 'capture'))
}, 120_000)
afterAll(() => house.stop(), 30_000)

/** From before a command has done anything until after it has ended. */
const longestMs = 1_700

test.each([
  ['folder', 40],
  ['steps', 10],
] as const)(
  'an upload by %s that is broken off at any of %i moments and run again makes one version',
  async (by, count) => {
    const moments = Array.from({ length: count }, () => Math.round(Math.random() * longestMs))
    for (const round of await interruptUploads(house, capture, by, moments))
      expect(round).toMatchObject({ states: ['PENDING'] })
  },
  1_200_000,
)
