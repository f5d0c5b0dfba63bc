import { memoryOf, startProcess } from '@goldkeep/testing'
import { fileURLToPath } from 'node:url'
import { startGoldkeep } from './goldkeep.js'
import { table } from './report.js'

const crowd = fileURLToPath(new URL('crowd-client.js', import.meta.url))
const mebibyte = 1024 ** 2
const count = 64

/** The most that storage holds with many uploads at once, and with many connections that do nothing. */
export async function measureMemory(): Promise<string> {
  const rows: string[][] = []
  for (const mib of [8, 32, 64]) {
    const peak = await withStorage(async (goldkeep) => {
      const order = ['uploads', String(count), String(mib * mebibyte), goldkeep.schema]
      const client = startProcess(process.execPath, [crowd, ...order], { env: goldkeep.house.environment })
      if ((await client.end).code !== 0) throw new Error(`the crowd failed:\n${client.output()}`)
    })
    rows.push([`${count} uploads of ${mib} MiB on ${count} connections`, peak])
  }
  const idle = await withStorage(async (goldkeep) => {
    const client = startProcess(process.execPath, [crowd, 'idle', '1000', goldkeep.storageAddress])
    await client.waitForLine(/connected/, 120_000)
    await client.stop()
  })
  rows.push(['1,000 idle connections', idle])
  rows.push(['nothing', await withStorage(() => Promise.resolve())])
  return table(['storage with', 'at most, MiB'], rows)
}

async function withStorage(
  work: (goldkeep: Awaited<ReturnType<typeof startGoldkeep>>) => Promise<void>,
): Promise<string> {
  const goldkeep = await startGoldkeep()
  try {
    await work(goldkeep)
    return (memoryOf(goldkeep.house.storage.pid).peak / mebibyte).toFixed(0)
  } finally {
    await goldkeep.stop()
  }
}
