import { median } from './contest.js'
import { startGoldkeep } from './goldkeep.js'
import { table } from './report.js'
import { timeCommand } from './run-command.js'

const rounds = 5

/** How long the seal takes of files that are finished, small and large. */
export async function measureSeals(directory: string, mib: number): Promise<string> {
  const goldkeep = await startGoldkeep()
  const rows: string[][] = []
  try {
    for (const size of [1, Math.round(mib / 16), mib]) {
      const file = `${directory}/seal-${size}.bin`
      await timeCommand(['dd', 'if=/dev/urandom', `of=${file}`, 'bs=1M', `count=${size}`])
      const seals: number[] = []
      for (let round = 0; round < rounds; round += 1) {
        const { sealSeconds = Number.NaN, versionId } = await goldkeep.upload(file)
        await goldkeep.removeBytes(versionId)
        seals.push(sealSeconds * 1000)
      }
      rows.push([`${size} MiB`, median(seals).toFixed(0)])
    }
  } finally {
    await goldkeep.stop()
  }
  return table(['file', 'seal, ms'], rows)
}
