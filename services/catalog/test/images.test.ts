import { describe, expect, test } from '@jest/globals'
import { reason } from './support/reason.js'
import { useTestCatalog } from './support/test-catalog.js'
import { schema } from './support/versions.js'

describe('images', () => {
  const house = useTestCatalog()

  test('an image id is unique without regard to case', async () => {
    await house.images.create({ imageId: 'Office' })
    await expect(house.images.create({ imageId: 'OFFICE' })).rejects.toEqual(reason('IMAGE_EXISTS'))
    expect((await house.images.get({ imageId: 'oFFice' })).imageId).toBe('Office')
  })

  test.each(['', 'a/b', '../etc', 'con', '-dash', 'a'.repeat(64)])('%j is no image id', async (imageId) => {
    await expect(house.images.create({ imageId })).rejects.toEqual(reason('INVALID_FIELD'))
  })

  test('a repeated request gets the first answer, and another body is refused', async () => {
    const request = { imageId: 'once', description: 'first', requestId: 'request-1' }
    const first = await house.images.create(request)
    expect(await house.images.create(request)).toEqual(first)
    const other = { ...request, description: 'second' }
    await expect(house.images.create(other)).rejects.toEqual(reason('REQUEST_ID_REUSED'))
  })

  test('a repeated request may give its labels in another order, as clients in Go do', async () => {
    const request = { imageId: 'labelled', requestId: 'request-4' }
    const first = await house.images.create({ ...request, labels: { a: '1', b: '2' } })
    expect(await house.images.create({ ...request, labels: { b: '2', a: '1' } })).toEqual(first)
    const other = { ...request, labels: { a: '2', b: '1' } }
    await expect(house.images.create(other)).rejects.toEqual(reason('REQUEST_ID_REUSED'))
  })

  test('a request that was refused can be repeated', async () => {
    const request = { imageId: 'Office', requestId: 'request-2' }
    await expect(house.images.create(request)).rejects.toEqual(reason('IMAGE_EXISTS'))
    await expect(house.images.create(request)).rejects.toEqual(reason('IMAGE_EXISTS'))
  })

  test('the same request sent twice at once makes one image', async () => {
    const request = { imageId: 'race', requestId: 'request-3' }
    const [one, other] = await Promise.all([house.images.create(request), house.images.create(request)])
    expect(one?.uid).toBe(other?.uid)
  })

  test('lists go through all images page by page, also while others are made', async () => {
    for (const imageId of ['page-b', 'Page-A', 'page-d']) await house.images.create({ imageId })
    const seen: string[] = []
    let pageToken = ''
    do {
      const page = await house.images.list({ pageSize: 2, pageToken })
      seen.push(...page.images.map((image) => image.imageId))
      pageToken = page.nextPageToken
      if (seen.length === 2) await house.images.create({ imageId: 'page-c' })
    } while (pageToken !== '')
    expect(seen).toEqual(['labelled', 'Office', 'once', 'Page-A', 'page-b', 'page-c', 'page-d', 'race'])
  })

  test('a page token that was not made here, and a negative page size, are refused', async () => {
    await expect(house.images.list({ pageToken: 'nonsense' })).rejects.toEqual(reason('INVALID_FIELD'))
    await expect(house.versions.list({ pageToken: 'WyJhIl0' })).rejects.toEqual(reason('INVALID_FIELD'))
    await expect(house.images.list({ pageSize: -1 })).rejects.toEqual(reason('INVALID_FIELD'))
  })

  test('an image that is not there is told by name', async () => {
    await expect(house.images.get({ imageId: 'nowhere' })).rejects.toEqual(reason('IMAGE_NOT_FOUND'))
    await expect(house.images.getPrimary({ imageId: 'nowhere' })).rejects.toEqual(reason('IMAGE_NOT_FOUND'))
    await expect(house.images.getPrimary({ imageId: 'Office' })).rejects.toEqual(reason('NO_PRIMARY'))
  })

  test('an unknown environment is refused', async () => {
    await expect(house.images.create({ imageId: 'mac', environment: 'macos' })).rejects.toEqual(
      reason('INVALID_FIELD'),
    )
    const image = await house.images.create({ imageId: 'linux', environment: 'linux', type: 'block' })
    expect(image).toMatchObject({ environment: 'linux', type: 'block' })
  })

  test('an image of a house without a volume takes no upload', async () => {
    await house.images.create({ imageId: 'roomless' })
    const begun = house.uploads.begin({ imageId: 'roomless', schema })
    await expect(begun).rejects.toEqual(reason('NO_VOLUME'))
  })
})
