import { expect, test } from '@jest/globals'
import { newUid } from '@goldkeep/domain'
import { reason } from './support/reason.js'
import { manifestOf, recordSealed, schema, useLab, versionOf } from './support/versions.js'

const { house, volumeId } = useLab()

const begin = async (): Promise<string> => {
  const { upload } = await house.uploads.begin({ imageId: 'lab', schema })
  return upload?.versionId ?? ''
}

test.each([
  ['another image', () => ({ uid: newUid() })],
  ['another version', async () => ({ version: await begin() })],
])('a seal whose manifest is that of %s is refused', async (_whose, change) => {
  const versionId = await begin()
  const text = Buffer.from(await manifestOf(house, versionId, volumeId)).toString()
  const manifest = JSON.parse(text) as object
  const other = Buffer.from(JSON.stringify({ ...manifest, ...(await change()) }))
  await expect(recordSealed(house, versionId, volumeId, other)).rejects.toEqual(reason('INVALID_FIELD'))
  expect((await versionOf(house, versionId)).manifestDigest).toBeUndefined()
})
