import { DomainError, type Finding } from '@goldkeep/domain'
import { findSchemaProblems, hasUtf8Mark, parseSchema, type Schema } from '@goldkeep/schema'
import { counted, finding } from './finding.js'

const check = 'schema-sound'

/** Whether the schema can be read and makes sense. The schema is absent when it cannot be read. */
export function checkSchemaSound(bytes: Uint8Array): { schema?: Schema; findings: Finding[] } {
  try {
    const schema = parseSchema(bytes)
    const problems = findSchemaProblems(schema).map(({ verdict, message, expected, found }) =>
      finding(check, verdict, message, { path: 'schema', expected, found }),
    )
    const findings = [...problems, ...warnOfMark(bytes), ...warnOfLines(bytes)]
    return { schema, findings: findings.length > 0 ? findings : [sound(schema)] }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const { expected = 'a schema', found = 'something else' } = error.metadata
    const message = `The schema cannot be read: ${error.message}.`
    return { findings: [finding(check, 'FAIL', message, { path: 'schema', expected, found })] }
  }
}

function sound(schema: Schema): Finding {
  const partitions = schema.drives.reduce((sum, drive) => sum + drive.partitions.length, 0)
  const found = `${counted(schema.drives.length, 'drive')}, ${counted(partitions, 'partition')}`
  return finding(check, 'PASS', 'The schema is sound.', { path: 'schema', found })
}

function warnOfMark(bytes: Uint8Array): Finding[] {
  if (!hasUtf8Mark(bytes)) return []
  const message = 'The schema begins with a byte order mark, over which some programs stumble.'
  const details = { path: 'schema', expected: 'UTF-8 alone', found: 'UTF-8 with a byte order mark' }
  return [finding(check, 'WARN', message, details)]
}

/** The legacy readers take the first line only. */
function warnOfLines(bytes: Uint8Array): Finding[] {
  const lineEnd = bytes.indexOf(0x0a)
  if (lineEnd < 0 || new TextDecoder().decode(bytes.subarray(lineEnd)).trim() === '') return []
  const message = 'The schema has several lines; legacy servers read the first one only.'
  return [finding(check, 'WARN', message, { path: 'schema', expected: 'one line', found: 'several' })]
}
