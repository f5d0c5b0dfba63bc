/** Longest texts that are kept, in bytes of UTF-8. */
export const textLimits = { id: 100, name: 256, prose: 4096 } as const

export type TextLines = 'one-line' | 'multi-line'

/**
 * Control characters, lone surrogates, line separators, and marks that change the order in which text is
 * shown. PostgreSQL refuses some of them, terminals obey others.
 */
const unwanted = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

const isWanted = (character: string, lines: TextLines): boolean =>
  lines === 'multi-line' && (character === '\n' || character === '\t')

/** The first character that a text of people must not hold, or `undefined`. */
export function findUnwantedCharacter(text: string, lines: TextLines): string | undefined {
  for (const [character] of text.matchAll(unwanted)) if (!isWanted(character, lines)) return character
  return undefined
}

/** `U+0000`. */
export const nameOfCharacter = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

/**
 * Text that a program, a file or a device wrote, as it may be kept and shown: unwanted characters are
 * replaced, and it is cut at the limit without splitting a character.
 * @param limit in bytes of UTF-8
 */
export function cleanText(text: string, limit: number, lines: TextLines = 'one-line'): string {
  // A character has at least one byte: the rest could not stay, and need not be looked at.
  const start = text.slice(0, limit + 1)
  const clean = start
    .replace(/\r\n?/g, '\n')
    .replace(unwanted, (found) => (isWanted(found, lines) ? found : replacementOf(found)))
  return cutText(clean, limit, start.length < text.length)
}

const replacementOf = (character: string): string => (/\s/.test(character) ? ' ' : '\ufffd')

const ellipsis = '…'
const ellipsisBytes = 3

function cutText(text: string, limit: number, isCut: boolean): string {
  if (!isCut && utf8Length(text) <= limit) return text
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(Math.max(0, limit - ellipsisBytes)))
  return `${text.slice(0, read)}${ellipsis}`
}

/** Bytes of a text in UTF-8. */
export function utf8Length(text: string): number {
  if (text.length * 3 <= shortBytes.length) return new TextEncoder().encodeInto(text, shortBytes).written
  return new TextEncoder().encode(text).length
}

const shortBytes = new Uint8Array(3 * 1024)
