import { expect, test } from '@jest/globals'
import { DatabaseSpace } from './database-space.js'

test('a refusal of the database is told for ten minutes, and counted with those before it', () => {
  let now = Date.parse('2026-11-26T12:00:00Z')
  const space = new DatabaseSpace(
    () => undefined,
    () => now,
  )
  expect(space.troubles).toEqual([])
  space.noteRefusal()
  now += 600_000
  space.noteRefusal()
  expect(space.troubles).toEqual([
    'the disk of the database was full: 2 calls were refused, the last at 2026-11-26T12:10:00.000Z; make room',
  ])
  now += 600_001
  expect(space.troubles).toEqual([])
  space.noteRefusal()
  expect(space.troubles[0]).toContain('full: a call was refused')
})

test('what is seen of the disk comes first', () => {
  const space = new DatabaseSpace(() => 'the disk is nearly full')
  space.noteRefusal()
  expect(space.troubles).toEqual(['the disk is nearly full', expect.stringContaining('a call was refused')])
})
