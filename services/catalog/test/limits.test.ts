import { describe, expect, it } from '@jest/globals'
import { reason } from './support/reason.js'
import { schema, useLab } from './support/versions.js'

describe('texts and numbers of requests', () => {
  const { house } = useLab()

  it('are refused with the field, what was expected and what was found', async () => {
    const create = (fields: object) => house.images.create({ imageId: 'other', ...fields })
    await expect(create({ description: 'ä'.repeat(2_049) })).rejects.toMatchObject({
      message: 'description: expected at most 4096 bytes, found 4098',
    })
    await expect(create({ description: 'a\u0000b' })).rejects.toMatchObject({
      message: 'description: expected text without control characters, found U+0000',
    })
    await expect(create({ labels: { 'a\u0000': 'b' } })).rejects.toMatchObject({
      message: 'labels: expected text without control characters, found U+0000',
    })
    await expect(house.tokens.create({ name: 'n'.repeat(257) })).rejects.toMatchObject({
      message: 'name: expected at most 256 bytes, found 257',
    })
    await expect(house.tokens.create({ name: 'n', expiresIn: -1n })).rejects.toMatchObject({
      message: 'expires_in: expected a number from 0 to 2^53, found -1',
    })
    await expect(house.images.list({ pageSize: -1 })).rejects.toMatchObject(reason('INVALID_FIELD'))
  })

  it('that are prose may have lines, and as many bytes as the limit says', async () => {
    const description = `${'d'.repeat(4_000)}\n\t${'ä'.repeat(47)}`
    await house.images.create({ imageId: 'prose', description })
    expect((await house.images.get({ imageId: 'prose' })).description).toBe(description)
  })

  it('that programs and devices say of themselves are cleaned and cut, and stop nothing', async () => {
    const { upload } = await house.uploads.begin({
      imageId: 'lab',
      schema,
      agent: `imager\u0000 ${'9'.repeat(2_000)}`,
      source: { serial: 'S\u0000N\u001b[2J', model: 'm'.repeat(9_000) },
    })
    expect(upload?.agent).toMatch(/^imager\ufffd 9+…$/)
    expect(Buffer.byteLength(upload?.agent ?? '')).toBe(256)
    expect(upload?.source).toMatchObject({ serial: 'S\ufffdN\ufffd[2J' })
  })
})
