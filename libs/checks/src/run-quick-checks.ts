import type { Finding } from '@goldkeep/domain'
import { expectedFiles, type Schema } from '@goldkeep/schema'
import { checkFilesMatchSchema } from './check-files-match-schema.js'
import { checkSchemaSound } from './check-schema-sound.js'
import { checkSizes } from './check-sizes.js'
import { checkWimMetadata } from './check-wim-metadata.js'
import { checkWimStructure } from './check-wim-structure.js'
import { isWimName } from './file-kinds.js'
import { finding, withinBounds } from './finding.js'
import type { CheckSubject } from './subject.js'

/**
 * The checks that read little: schema, file list, sizes, WIM headers and metadata. Storage runs them at
 * seal, the worker again afterwards. Never rejects for what a file contains.
 */
export async function runQuickChecks(subject: CheckSubject): Promise<Finding[]> {
  const { schema, findings } = checkSchemaSound(subject.schema)
  return [
    ...findings,
    ...checkFilesMatchSchema(schema, subject),
    ...checkSizes(schema, subject),
    ...(await checkWims(schema, subject)),
  ]
}

async function checkWims(schema: Schema | undefined, subject: CheckSubject): Promise<Finding[]> {
  const expected = schema ? expectedFiles(schema, subject.capture) : []
  const structure: Finding[] = []
  const metadata: Finding[] = []
  for (const file of subject.files.filter(({ path }) => isWimName(path))) {
    const found = await checkWimStructure(file)
    structure.push(found)
    if (found.verdict === 'PASS' || found.verdict === 'WARN') {
      const usedMiB = expected.find((one) => one.matches(file.path))?.usedMiB
      metadata.push(await checkWimMetadata(file, usedMiB))
    } else {
      const message = 'Not looked at, since its structure is not that of a whole WIM.'
      metadata.push(finding('wim-metadata', 'SKIP', message, { path: file.path }))
    }
  }
  return [...withinBounds('wim-structure', structure), ...withinBounds('wim-metadata', metadata)]
}
