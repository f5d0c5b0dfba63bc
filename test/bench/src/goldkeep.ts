import { startHouse, startProcess, winpeSchema, type House } from '@goldkeep/testing'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Answer, Order } from './goldkeep-orders.js'

const clientProgram = fileURLToPath(new URL('goldkeep-client.js', import.meta.url))
const path = 'hd0/part1.winpe.wim'

/** A house without workers, so that nothing is measured but storage and its clients. */
export interface Goldkeep {
  readonly house: House
  /** A file with the schema of what is uploaded. */
  readonly schema: string
  /** Where storage itself listens. */
  readonly storageAddress: string
  /** Hashed, durable and sealed; every figure of the client. */
  upload(file: string): Promise<Answer & { readonly versionId: string }>
  /** Frees the disk behind the house's back, since what is measured next must not run out of it. */
  removeBytes(versionId: string): Promise<void>
  promote(versionId: string): Promise<void>
  /** @returns seconds; of so many downloads of the primary at once, each checked by its receiver */
  download(times: number): Promise<number>
  stop(): Promise<void>
}

export interface GoldkeepOptions {
  /** What storage tells clients of its own address, given its port; for a slow line in between. */
  readonly advertise?: (port: number) => Promise<string>
}

export async function startGoldkeep(options: GoldkeepOptions = {}): Promise<Goldkeep> {
  const house = await startHouse({ queue: 'postgres', workers: 0, ...options })
  const { goldkeep } = house
  await goldkeep.run('image', 'create', 'bench')
  const schema = join(house.directory, 'schema')
  await writeFile(schema, winpeSchema({ partitions: [{ number: 1, usedMiB: 1 }] }))
  let machines = 0
  const order = async (what: Order): Promise<Answer> => {
    const client = startProcess(process.execPath, [clientProgram, JSON.stringify(what)], {
      env: house.environment,
    })
    const { code } = await client.end
    if (code !== 0) throw new Error(`the client failed:\n${client.output()}`)
    return JSON.parse(client.stdout()) as Answer
  }
  const deploy = async (): Promise<string> => {
    machines += 1
    return goldkeep.run('deploy', 'start', 'bench', '--machine', `serial:BENCH${machines}`)
  }
  return {
    house,
    schema,
    storageAddress: house.storageAddress,
    removeBytes: (versionId) =>
      rm(join(house.volume, 'images', 'bench', 'versions', versionId), { recursive: true }),
    upload: async (file) => {
      const answer = await order({ kind: 'upload', schema, file, path })
      if (!answer.versionId) throw new Error('the client named no version')
      return { ...answer, versionId: answer.versionId }
    },
    promote: async (versionId) => {
      await goldkeep.run('promote', versionId, '--force', '--reason', 'a benchmark')
    },
    download: async (times) => {
      const deploymentIds: string[] = []
      while (deploymentIds.length < times) deploymentIds.push(await deploy())
      return (await order({ kind: 'download', deploymentIds, path })).seconds
    },
    stop: () => house.stop(),
  }
}
