/**
 * Stands in a decoded text that was not UTF-8, until the limits are checked and the refusal names its field. It is a
 * lone surrogate, which no text on the wire can hold.
 */
const notUtf8 = '\ud800'

/** `{}['__proto__'] = text` keeps nothing: a map's key of this name would be lost without a word. */
const unkeepableKey = '__proto__'
const markedKey = `${unkeepableKey}\ud801`

const lenient = new TextDecoder()
const strict = new TextDecoder('utf-8', { fatal: true })

/** Decodes one text of a request. */
export function decodeRequestText(bytes: Uint8Array): string {
  const text = lenient.decode(bytes)
  if (text === unkeepableKey) return markedKey
  if (!text.includes('\ufffd') || isUtf8(bytes)) return text
  return text.replaceAll('\ufffd', notUtf8)
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes)
    return true
  } catch {
    return false
  }
}

/** Whether a map of the generated code cannot keep the key. */
export const isUnkeepableKey = (key: string): boolean => key === markedKey

/** A text that is no key of a map may be anything. */
export const unmarked = (text: string): string => (text === markedKey ? unkeepableKey : text)
