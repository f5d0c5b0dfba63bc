/** What is wrong with a text, and where. */
export interface TextFault {
  /** The index of the letter. */
  readonly at: number
  readonly expected: string
  readonly found: string
}

/** `line 1, column 14`, as editors count: from 1. */
export const positionText = (text: string, at: number): string => positionsIn(text)(at)

/** Gives the positions of several places in one pass over the text; each place is behind the one before. */
export function positionsIn(text: string): (at: number) => string {
  let line = 1
  let column = 1
  let counted = 0
  return (at) => {
    for (; counted < at; counted += 1) {
      const unit = text.charCodeAt(counted)
      if (unit === 0x0a) {
        line += 1
        column = 1
      } else if (!isSecondHalf(unit)) column += 1
    }
    return `line ${line}, column ${column}`
  }
}

/** Of a letter that takes two units of UTF-16. */
const isSecondHalf = (unit: number): boolean => (unit & 0xfc00) === 0xdc00

/** The letter at a place, in words where it cannot be shown. */
export function describeLetter(text: string, at: number): string {
  const letter = String.fromCodePoint(text.codePointAt(at) ?? 0)
  if (at >= text.length) return 'the end of the file, as when it was cut short'
  if (letter === '\0') return 'a NUL'
  if (letter === '\n' || letter === '\r') return 'the end of the line'
  const code = letter.codePointAt(0) ?? 0
  if (code < 0x20 || /\p{C}/u.test(letter))
    return `the character U+${code.toString(16).padStart(4, '0').toUpperCase()}`
  return `\`${letter}\``
}
