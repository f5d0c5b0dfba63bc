import { expect, test } from '@jest/globals'
import { waitUntil } from '@goldkeep/testing'
import type { AttemptWriter } from '../store/version-store.js'
import { CommitClock } from './commit-pace.js'

/** An attempt whose syncs end when the test says so. */
function slowWriter() {
  const syncs: { readonly size: number; readonly end: () => void }[] = []
  const writer = {
    size: 0,
    committedSize: 0,
    commit: async () => {
      const { size } = writer
      await new Promise<void>((end) => syncs.push({ size, end }))
      writer.committedSize = size
      return size
    },
  }
  return { writer, syncs, clockOf: (syncIntervalMs: number) => clockOf(writer, syncIntervalMs) }
}

function clockOf(writer: Pick<AttemptWriter, 'size' | 'committedSize' | 'commit'>, syncIntervalMs: number) {
  const committed: number[] = []
  const clock = new CommitClock(
    writer as AttemptWriter,
    { syncBytes: 100, syncIntervalMs },
    (size) => void committed.push(size),
    (error) => {
      throw error
    },
  )
  return { clock, committed }
}

test.each([
  ['as many as make a sync', 250, 3_600_000],
  ['a few', 110, 1],
])('bytes that came while a sync ran are made durable without another message: %s', async (_, size, ms) => {
  const { writer, syncs, clockOf } = slowWriter()
  const { clock, committed } = clockOf(ms)
  writer.size = 100
  await clock.tick()
  writer.size = size
  await clock.tick()
  expect(syncs).toHaveLength(1)
  syncs[0]?.end()
  await waitUntil(() => syncs.length === 2, { what: 'a second sync has begun', timeoutMs: 2_000 })
  syncs[1]?.end()
  await waitUntil(() => committed.length === 2, { what: 'its size is told', timeoutMs: 2_000 })
  expect(committed).toEqual([100, size])
})

test('no sync is begun after the clock was stopped', async () => {
  const { writer, syncs, clockOf } = slowWriter()
  const { clock, committed } = clockOf(1)
  writer.size = 100
  await clock.tick()
  writer.size = 300
  const stopped = clock.stop()
  syncs[0]?.end()
  await stopped
  await clock.tick()
  expect([syncs.length, committed]).toEqual([1, [100]])
})
