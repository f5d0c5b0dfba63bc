import { waitUntil } from '@goldkeep/testing'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { bytesOf } from './support/bytes.js'
import { newVersion, part1, schema, startTestHouse, type TestHouse } from './support/test-house.js'
import { readWhole, startOf, uploadWhole, WriteStream } from './support/write-stream.js'

let house: TestHouse
let deployments = 0
beforeAll(async () => {
  house = await startTestHouse()
})
afterAll(() => house.close())
afterEach(() => {
  house.catalog.refuse = undefined
})

const bytes = bytesOf(8_000_000, 'of the readers')
const newDeployment = (): string => `dep-${String(++deployments).padStart(16, '0')}`

async function sealed() {
  const versionId = newVersion()
  await uploadWhole(await house.uploader(versionId), versionId, schema, { [part1]: bytes })
  return versionId
}

const toldOf = (deploymentId: string) =>
  house.catalog.progress.flatMap(({ reads }) => reads.filter((read) => read.deploymentId === deploymentId))
const toldBytes = (deploymentId: string): bigint =>
  toldOf(deploymentId)
    .flatMap(({ files }) => files.flatMap(({ ranges }) => ranges))
    .reduce((sum, { start, end }) => sum + end - start, 0n)

describe('a deployment', () => {
  test('has each byte told once, also when a report is lost', async () => {
    const versionId = await sealed()
    const deploymentId = newDeployment()
    let lost = 0
    house.catalog.refuse = (rpc) => {
      if (rpc !== 'reportProgress' || lost > 2) return undefined
      lost += 1
      return new Error('the catalog is away')
    }
    await readWhole(await house.reader(versionId, deploymentId), { versionId, path: part1 })
    await waitUntil(() => toldBytes(deploymentId) >= BigInt(bytes.length), { what: 'all is told' })
    const reports = house.catalog.progress.length
    await waitUntil(() => house.catalog.progress.length > reports + 2, { what: 'two more reports' })
    expect(toldBytes(deploymentId)).toBe(BigInt(bytes.length))
  })
})

test('an upload whose writer is connected and sends nothing is told as alive', async () => {
  const versionId = newVersion()
  const clients = await house.uploader(versionId)
  await clients.uploads.open({ versionId, schema })
  const stream = new WriteStream(clients, startOf(versionId, part1))
  await stream.until('ready')
  const told = (): number =>
    house.catalog.progress.filter(({ uploads }) => uploads.some((one) => one.versionId === versionId)).length
  await waitUntil(() => told() > 3, { what: 'it is told again and again' })
  stream.end()
})
