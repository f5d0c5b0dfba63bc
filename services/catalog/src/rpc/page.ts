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
export interface List<Row, Message> {
  readonly read: (limit: number) => Promise<Row[]>
  /** What the rows are ordered by. */
  readonly keyOf: (row: Row) => string | number
  readonly encode: (row: Row) => Message
  readonly codec: { encode(message: Message): { finish(): Uint8Array } }
}

export interface Page<Message> {
  readonly items: Message[]
  readonly nextPageToken: string
}

/**
 * Reads one row more than asked, to know whether there is another page. A page ends early when its items become
 * too large for one message, and always has an item where there is one.
 */
export async function readPage<Row, Message>(
  pageSize: number,
  { read, keyOf, encode, codec }: List<Row, Message>,
): Promise<Page<Message>> {
  const limit = pageLimit(pageSize)
  const rows = await read(limit + 1)
  const items: Message[] = []
  let bytes = 0
  for (const row of rows.slice(0, limit)) {
    const item = encode(row)
    bytes += codec.encode(item).finish().length
    if (items.length > 0 && bytes > largestPageBytes) break
    items.push(item)
  }
  const last = rows[items.length - 1]
  const more = rows.length > items.length && last !== undefined
  return { items, nextPageToken: more ? encodePageToken(String(keyOf(last))) : '' }
}
