import { newVersion, schema, startTestHouse, type TestHouse } from './support/test-house.js'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { waitUntil } from '@goldkeep/testing'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

let house: TestHouse
beforeEach(async () => {
  house = await startTestHouse()
})
afterEach(() => house.close())

async function untilAskedTwice(): Promise<void> {
  const before = house.catalog.trustCalls
  await waitUntil(() => house.catalog.trustCalls >= before + 2, { what: 'storage asks the catalog again' })
}

test('the keys and revocations of another house change nothing for what goes on', async () => {
  const versionId = newVersion()
  const { uploads } = await house.uploader(versionId)
  const trustFile = join(house.volume, '.trust.json')
  const trust = await readFile(trustFile, 'utf8')
  const own = house.catalog.house
  house.catalog.house = 'hse-zzzzzzzzzzzzzzzz'
  house.catalog.revocations.push({ subject: versionId, issuedBefore: new Date(Date.now() + 60_000) })
  await untilAskedTwice()
  await uploads.open({ versionId, schema })
  expect(await readFile(trustFile, 'utf8')).toBe(trust)

  house.catalog.house = own
  await untilAskedTwice()
  await expect(uploads.getStatus({ versionId })).rejects.toMatchObject({ reason: 'TICKET_INVALID' })
})
