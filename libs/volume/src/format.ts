import { DomainError, largestOrderNumber } from '@goldkeep/domain'
import { z } from 'zod'
import { checksumFault, withChecksum } from './checksum.js'

/** The major of every format on a volume. A reader keeps fields it does not know and refuses a higher major. */
export const formatMajor = 1

const documentHead = z.looseObject({ format: z.number().int().positive() })

/**
 * Reads a JSON document of a volume.
 * @param what its name in messages, such as `version.json`
 * @throws DomainError INVALID_FIELD when it is not JSON, of a higher format, damaged, or of another shape
 */
export function parseDocument<Schema extends z.ZodType>(
  what: string,
  schema: Schema,
  bytes: Uint8Array,
): z.output<Schema> {
  const value = parseJson(what, bytes)
  const head = documentHead.safeParse(value)
  if (!head.success) throw refuse(what, 'a JSON object with a "format"', 'none')
  if (head.data.format > formatMajor)
    throw refuse(what, `format ${formatMajor}`, `format ${head.data.format}; a newer Goldkeep wrote it`)
  const damage = checksumFault(value as object)
  if (damage)
    throw refuse(
      what,
      `fields whose crc32 is ${JSON.stringify(damage.expected)}`,
      `${damage.found}; it is damaged`,
    )
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw refuse(what, 'the fields of format 1', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`)
}

function parseJson(what: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch (cause) {
    throw refuse(what, 'JSON', (cause as Error).message)
  }
}

function refuse(what: string, expected: string, found: string): DomainError {
  return new DomainError('INVALID_FIELD', `${what}: expected ${expected}, found ${found}`, {
    field: what,
    expected,
    found,
  })
}

/** As it is written to disk: indented, so that people can read it, and with a final newline. */
export function formatDocument(document: object): Uint8Array {
  return Buffer.from(`${JSON.stringify(document, undefined, 2)}\n`)
}

/** The same for a document of which no other file has a digest: its checksum is in it, as the last field. */
export function formatCheckedDocument(document: object): Uint8Array {
  return formatDocument(withChecksum(document))
}

/** An epoch or a generation. */
export const orderNumber = z.number().int().nonnegative().max(largestOrderNumber)

/** A field that only `parse` may make, such as a branded id. */
export function parsedBy<T>(parse: (text: string) => T) {
  return z.string().transform((text, context): T => {
    try {
      return parse(text)
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message })
      return z.NEVER
    }
  })
}
