import type { Finding } from '@goldkeep/domain'
import { expectedFiles, type Schema } from '@goldkeep/schema'
import { maxMetadataBytes, maxSortedEntries, quickLimits, type ExamineLimits } from '@goldkeep/wim'
import { checkFilesMatchSchema } from './check-files-match-schema.js'
import { checkSchemaSound } from './check-schema-sound.js'
import { checkSizes } from './check-sizes.js'
import { checkWimMetadata } from './check-wim-metadata.js'
import { checkWimStructure } from './check-wim-structure.js'
import { isWimName } from './file-kinds.js'
import { finding, withinBounds } from './finding.js'
import type { CheckSubject } from './subject.js'

/** How much is looked at where time is no matter: whole tables, since the deep checks read all the rest. */
export const thoroughLimits: ExamineLimits = {
  entries: maxSortedEntries,
  blobHeaders: 64,
  xmlBytes: maxMetadataBytes,
}

/** Headers in the streams of all files together, each a read of its own. */
const blobHeadersOfVersion = 512
/** How many files together may have as much XML as one may have. */
const xmlShares = 8

/**
 * The checks that read little: schema, file list, sizes, WIM headers, tables and metadata. Storage runs them
 * at seal, the worker again afterwards, with other limits. Never rejects for what a file contains.
 */
export async function runQuickChecks(
  subject: CheckSubject,
  limits: ExamineLimits = quickLimits,
): Promise<Finding[]> {
  const { schema, findings } = checkSchemaSound(subject.schema)
  return [
    ...findings,
    ...checkFilesMatchSchema(schema, subject),
    ...checkSizes(schema, subject),
    ...(await checkWims(schema, subject, limits)),
  ]
}

async function checkWims(
  schema: Schema | undefined,
  subject: CheckSubject,
  limits: ExamineLimits,
): Promise<Finding[]> {
  const expected = schema ? expectedFiles(schema, subject.capture) : []
  const structure: Finding[] = []
  const metadata: Finding[] = []
  const wims = subject.files.filter(({ path }) => isWimName(path))
  const blobHeaders = Math.min(limits.blobHeaders, Math.ceil(blobHeadersOfVersion / wims.length))
  let xmlLeft = limits.xmlBytes * xmlShares
  for (const file of wims) {
    const found = await checkWimStructure(file, subject.files, { ...limits, blobHeaders })
    structure.push(found.finding)
    const { verdict } = found.finding
    if (found.examination && (verdict === 'PASS' || verdict === 'WARN')) {
      const usedMiB = expected.find((one) => one.matches(file.path))?.usedMiB
      const xmlBytes = Math.min(limits.xmlBytes, xmlLeft)
      xmlLeft -= Math.min(found.examination.header.xml.size, xmlLeft)
      metadata.push(await checkWimMetadata(file, usedMiB, found.examination, xmlBytes))
    } else {
      const message = 'Not looked at, since its structure is not that of a whole WIM.'
      metadata.push(finding('wim-metadata', 'SKIP', message, { path: file.path }))
    }
  }
  return [...withinBounds('wim-structure', structure), ...withinBounds('wim-metadata', metadata)]
}
