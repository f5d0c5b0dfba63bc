import { describe, expect, test } from '@jest/globals'
import { readPage } from './page.js'

describe('a page', () => {
  /** Rows with numbers from 1, each with so many bytes, and how many of them were read. */
  const rowsOf = (count: number, bytesOf: (row: number) => number) => {
    let readRows = 0
    const list = {
      read: async (limit: number, after = 0) => {
        const rows = Array.from({ length: Math.min(limit, count - after) }, (_, index) => after + index + 1)
        readRows += rows.length
        return rows
      },
      keyOf: (row: number) => row,
      encode: (row: number) => row,
      codec: { encode: (row: number) => ({ finish: () => new Uint8Array(bytesOf(row)) }) },
    }
    return { list, readRows: () => readRows }
  }
  const placeIn = (token: string): string | undefined =>
    (JSON.parse(Buffer.from(token, 'base64url').toString() || '[]') as string[])[0]

  test.each([
    ['small ones', 3_000, 100, 1_000, '1000'],
    ['as many as are asked for', 1_000, 100, 1_000, undefined],
    ['fewer than are asked for', 70, 100, 70, undefined],
    ['large ones', 3_000, 100_000, 10, '10'],
    ['ones that are each too large', 3, 5_000_000, 1, '1'],
    ['none', 0, 0, 0, undefined],
  ])('of %s ends where it must', async (_what, count, bytes, length, next) => {
    const page = await readPage(1_000, undefined, rowsOf(count, () => bytes).list)
    expect(page.items).toEqual(Array.from({ length }, (_, index) => index + 1))
    expect(placeIn(page.nextPageToken)).toBe(next)
  })

  test('of large rows reads hardly more of them than it has', async () => {
    const { list, readRows } = rowsOf(3_000, () => 33_000)
    const { items } = await readPage(1_000, undefined, list)
    expect(items).toHaveLength(31)
    expect(readRows()).toBeLessThanOrEqual(2 * 31)
  })

  test('of rows that grow on the way reads no multitude of the large ones', async () => {
    const { list, readRows } = rowsOf(3_000, (row) => (row <= 40 ? 10 : 200_000))
    const { items } = await readPage(1_000, undefined, list)
    expect(items).toHaveLength(45)
    expect(readRows()).toBeLessThanOrEqual(60)
  })

  test('goes on behind the row that the one before ended with', async () => {
    const { list } = rowsOf(90, () => 100)
    expect((await readPage(0, 20, list)).items).toEqual(Array.from({ length: 50 }, (_, index) => index + 21))
  })
})
