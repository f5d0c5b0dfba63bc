import { expect, test } from '@jest/globals'
import { directoryInMemory } from '@goldkeep/testing'
import { join } from 'node:path'
import { makeWorld } from '../support/world.js'
import { inPeace } from './crash-at-step.js'
import { operations } from './operations.js'
import { recoveries } from './recoveries.js'
import { worldBefore } from './world-before.js'

test('the matrix ends storage at more than a hundred steps, those that decide among them', async () => {
  const directory = await directoryInMemory('steps')
  const named = new Set<string>()
  try {
    const world = await makeWorld(join(directory.path, 'world'))
    for (const operation of [...operations, ...recoveries]) {
      const before = await worldBefore(world, operation, join(directory.path, `before ${operation.name}`))
      const { steps } = await inPeace(before, operation, join(directory.path, operation.name))
      for (const step of steps) named.add(`${operation.name}: ${step}`)
    }
  } finally {
    await directory.remove()
  }
  expect(named.size).toBeGreaterThan(100)
  expect([...named]).toEqual(
    expect.arrayContaining([
      'open: fsync staging',
      'write: fdatasync staging/<version>/tree/hd0/part1.winpe.wim',
      'write: fdatasync staging/<version>/journal',
      'write of large parts, past the page cache: write staging/<version>/tree/hd0/part1.winpe.wim',
      'seal: rename staging/<version>/tree',
      'seal: fsync images/win11-lab/versions',
      'end of an upload: rename staging/<version>',
      'publication of another primary: rename images/win11-lab/.image.json.new',
      'publication of another primary: rename primary/images/.win11-lab.new',
      'trash: rename images/win11-lab/versions/<version>',
      'restore: rename trash/<version>@20261122T200000Z',
      'purge: rename trash/<version>@20261122T200000Z',
      'clone into another image: rename staging/.clone-<version>',
      'move: rename images/win11-lab/versions/<version>',
      'a start that rolls a seal forward: rename staging/<version>/tree',
    ]),
  )
})
