/** What is wrong with a text, and where. */
export interface TextFault {
  /** The index of the letter. */
  readonly at: number
  readonly expected: string
  readonly found: string
}

/** `line 1, column 14`, as editors count: from 1. */
export function positionText(text: string, at: number): string {
  const before = text.slice(0, at)
  const lineStart = before.lastIndexOf('\n') + 1
  const line = before.split('\n').length
  return `line ${line}, column ${[...before.slice(lineStart)].length + 1}`
}

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
