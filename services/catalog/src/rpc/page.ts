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
const encodeToken = (key: string): string => Buffer.from(JSON.stringify([key])).toString('base64url')

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

export interface Page<Row> {
  readonly rows: readonly Row[]
  readonly nextPageToken: string
}

/**
 * Reads one row more than asked, to know whether there is another page.
 * @param keyOf what the rows are ordered by
 */
export async function readPage<Row>(
  pageSize: number,
  read: (limit: number) => Promise<Row[]>,
  keyOf: (row: Row) => string | number,
): Promise<Page<Row>> {
  const limit = pageLimit(pageSize)
  const rows = await read(limit + 1)
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const more = rows.length > limit && last !== undefined
  return { rows: shown, nextPageToken: more ? encodeToken(String(keyOf(last))) : '' }
}
