import { DomainError } from '@goldkeep/domain'

const defaultSize = 50
const largestSize = 1_000

/** 0 means the default; more than the largest page is cut to it. */
export function pageLimit(pageSize: number): number {
  if (pageSize < 0)
    throw new DomainError('INVALID_FIELD', `page_size: expected 0 or more, found ${pageSize}`, {
      field: 'page_size',
    })
  return pageSize === 0 ? defaultSize : Math.min(pageSize, largestSize)
}

/** The place of the last row in a page token; opaque to callers. */
export const encodePageToken = (key: string): string =>
  Buffer.from(JSON.stringify([key])).toString('base64url')

/** @throws DomainError INVALID_FIELD */
export function decodePageToken(token: string): string | undefined {
  if (token === '') return undefined
  try {
    const [key] = JSON.parse(Buffer.from(token, 'base64url').toString()) as unknown[]
    if (typeof key === 'string') return key
  } catch {
    // Falls through to the refusal: whatever it is, it was not made here.
  }
  throw new DomainError('INVALID_FIELD', 'page_token: expected one that an earlier page gave', {
    field: 'page_token',
  })
}

/** The place where a page that counts down begins. @throws DomainError INVALID_FIELD */
export function decodeOrdinal(token: string): number | undefined {
  const key = decodePageToken(token)
  if (key === undefined) return undefined
  if (/^\d{1,15}$/.test(key)) return Number(key)
  throw new DomainError('INVALID_FIELD', 'page_token: expected one that an earlier page of this list gave', {
    field: 'page_token',
  })
}

/** Bytes of a page's items, far below what the transport takes. */
const largestPageBytes = 1024 * 1024

/** How rows are read and told. */
export interface List<Row, Message, Key extends string | number> {
  /** At most `limit` rows that come after the one with this key; from the first for `undefined`. */
  readonly read: (limit: number, after: Key | undefined) => Promise<Row[]>
  /** What the rows are ordered by. */
  readonly keyOf: (row: Row) => Key
  readonly encode: (row: Row) => Message
  readonly codec: { encode(message: Message): { finish(): Uint8Array } }
  /** Rows that are read at once while their size is not known; fewer where one row may be large. */
  readonly readAtFirst?: number
}

export interface Page<Message> {
  readonly items: Message[]
  readonly nextPageToken: string
}

/**
 * Reads rows until the page has as many as were asked for, or until they become too large for one message. It always
 * has an item where there is one. How many are read at once follows their size, so that a page of large rows does not
 * cost a thousand of them; one more than wanted is read, to know whether there is another page.
 * @param start the key of the last row of the page before
 */
export async function readPage<Row, Message, Key extends string | number>(
  pageSize: number,
  start: Key | undefined,
  { read, keyOf, encode, codec, readAtFirst = defaultSize }: List<Row, Message, Key>,
): Promise<Page<Message>> {
  const limit = pageLimit(pageSize)
  const items: Message[] = []
  let bytes = 0
  let last = start
  const pageWithMore = (): Page<Message> => ({ items, nextPageToken: encodePageToken(String(last)) })
  for (let wanted = readAtFirst; items.length < limit; wanted = roomFor(bytes, items.length)) {
    const count = Math.min(wanted, limit - items.length)
    const rows = await read(count + 1, last)
    for (const row of rows.slice(0, count)) {
      const item = encode(row)
      bytes += codec.encode(item).finish().length
      if (items.length > 0 && bytes > largestPageBytes) return pageWithMore()
      items.push(item)
      last = keyOf(row)
    }
    if (rows.length <= count) return { items, nextPageToken: '' }
  }
  return pageWithMore()
}

/** How many rows like those that were read still fit; never many more than those. */
const roomFor = (bytes: number, count: number): number =>
  Math.max(1, Math.min(4 * count, Math.floor(((largestPageBytes - bytes) * count) / Math.max(1, bytes))))
