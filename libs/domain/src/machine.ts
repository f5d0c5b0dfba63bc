/** `4c4c4544-0042-…`, with or without dashes, braces and `urn:uuid:`, in any case. */
const uuidShape = /^(?:urn:uuid:)?(?:\{([0-9a-f-]+)\}|([0-9a-f-]+))$/i
const uuidDigits = /^(?:[0-9a-f]{32}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/i

/** `00:11:22:33:44:55`, the same with dashes or spaces, `0011.2233.4455`, `001122-334455`, or 12 digits. */
const macShape =
  /^(?:[0-9a-f]{12}|[0-9a-f]{2}([:\- ])[0-9a-f]{2}(?:\1[0-9a-f]{2}){4}|[0-9a-f]{4}([.:-])[0-9a-f]{4}\2[0-9a-f]{4}|[0-9a-f]{6}[:-][0-9a-f]{6})$/i

/** The 32 hexadecimal digits of a UUID, in lower case; `undefined` when the text is no UUID. */
export function parseUuid(text: string): string | undefined {
  const [, braced, bare] = uuidShape.exec(text.trim()) ?? []
  const digits = braced ?? bare ?? ''
  return uuidDigits.test(digits) ? digits.replaceAll('-', '').toLowerCase() : undefined
}

/** The 12 hexadecimal digits of a MAC address, in lower case; `undefined` when the text is none. */
export function parseMac(text: string): string | undefined {
  const trimmed = text.trim()
  return macShape.test(trimmed) ? trimmed.replace(/[^0-9a-f]/gi, '').toLowerCase() : undefined
}

/** What firmware and the tools that read it give for an identifier that they do not have, see `isPlaceholder`. */
const placeholders: ReadonlySet<string> = new Set([
  'tobefilledbyoem',
  'defaultstring',
  'systemserialnumber',
  'chassisserialnumber',
  'serialnumber',
  'notspecified',
  'notsettable',
  'notpresent',
  'notapplicable',
  'notavailable',
  'none',
  'null',
  'na',
  'unknown',
  'invalid',
  'oem',
  'empty',
  '0123456789',
  '123456789',
  '1234567890',
])

/** Whether an identifier says nothing: empty, one letter again and again, or a maker's words. */
export function isPlaceholder(text: string): boolean {
  const bare = text.toLowerCase().replace(/[^0-9a-z]/g, '')
  return bare === '' || /^(.)\1*$/.test(bare) || placeholders.has(bare)
}
