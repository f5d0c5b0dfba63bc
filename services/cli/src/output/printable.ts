import { cleanText, listed } from '@goldkeep/domain'

/** Text for a terminal, on several lines: what would act on it, or change the order of its letters, is replaced. */
export function printable(text: string): string {
  return cleanText(text, Number.POSITIVE_INFINITY, 'multi-line').replaceAll('\t', ' ')
}

/** The same for a name or a note within a line. */
export function onOneLine(text: string): string {
  return cleanText(text.replace(/\s*[\n\r\u2028\u2029]\s*/g, ' / '), Number.POSITIVE_INFINITY)
}

/** A document whose text a terminal shows as it is, and a program reads back unchanged. */
export function jsonText(document: unknown, indent?: number): string {
  const text = JSON.stringify(document, undefined, indent)
  return text.replace(/[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, escaped)
}

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** Names of files in a sentence. A name with a line break or a control character is shown as JSON writes it. */
export function namesOf(names: readonly string[]): string {
  return listed(names.map((name) => (onOneLine(name) === name ? name : jsonText(name))))
}
