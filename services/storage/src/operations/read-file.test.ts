import type { DeploymentId, FilePath, VersionId } from '@goldkeep/domain'
import { describe, expect, test } from '@jest/globals'
import { readFile } from './read-file.js'
import { ReadMeter } from './read-meter.js'

const pieceBytes = 512 * 1024
const size = 3 * pieceBytes
const file = {
  size,
  sha256: '',
  read: async (_: number, length: number) => new Uint8Array(length),
  close: async () => {},
}
const order = {
  versionId: '20261122T181502Z-4k7q' as VersionId,
  path: 'hd0/part1.winpe.wim' as FilePath,
  offset: 0,
  length: 0,
  held: 0,
  deploymentId: 'dep-0123456789abcdef' as DeploymentId,
}

/** The ranges that count as read after the connection has asked for so many outputs and was cut. */
async function countAfter(asked: number): Promise<unknown> {
  const meter = new ReadMeter()
  const store = { openFile: async () => file } as never
  const outputs = readFile({ store, meter }, order, (_, length) => new Uint8Array(length))
  for (let output = 0; output < asked; output += 1) await outputs.next()
  await outputs.return()
  return meter.take().flatMap(({ files }) => files.flatMap(({ ranges }) => ranges))
}

describe('of a read that is cut', () => {
  test('the piece that was given last does not count: nobody asked for more', async () => {
    expect(await countAfter(2)).toEqual([])
    expect(await countAfter(3)).toEqual([{ start: 0, end: pieceBytes }])
    expect(await countAfter(4)).toEqual([{ start: 0, end: 2 * pieceBytes }])
  })

  test('all counts once the connection has taken its end', async () => {
    expect(await countAfter(5)).toEqual([{ start: 0, end: size }])
  })
})
