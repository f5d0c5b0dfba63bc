import type { CheckName, Finding } from '@goldkeep/domain'
import { expectedFiles, matchFiles, type Schema } from '@goldkeep/schema'
import { maxMetadataBytes, maxSortedEntries, quickLimits, type ExamineLimits } from '@goldkeep/wim'
import { setImmediate } from 'node:timers/promises'
import { hasBlockImageName } from './block-names.js'
import { checkBlockImage } from './check-block-image.js'
import { checkFilesMatchSchema } from './check-files-match-schema.js'
import { checkSchemaSound } from './check-schema-sound.js'
import { checkSizes } from './check-sizes.js'
import { checkWimMetadata } from './check-wim-metadata.js'
import { checkWimStructure } from './check-wim-structure.js'
import { isWimName } from './file-kinds.js'
import { finding, withinBounds } from './finding.js'
import { defaultEmptyShare } from './smallest-share.js'
import type { CheckSubject } from './subject.js'

/** How much is looked at where time is no matter: whole tables, since the deep checks read all the rest. */
export const thoroughLimits: ExamineLimits = {
  entries: maxSortedEntries,
  blobHeaders: 64,
  xmlBytes: maxMetadataBytes,
}

/** What the quick checks may cost where somebody waits. What they leave out says SKIP. */
export interface QuickCheckLimits extends ExamineLimits {
  /** Milliseconds after which no further file is looked into. */
  readonly budgetMs?: number
  /** An image with less than this share of what was in use on its partition is INVALID; 0.0005 when absent. */
  readonly emptyShare?: number
}

/** At a seal an agent waits, and so does everybody whose bytes the process moves meanwhile. */
export const sealLimits: QuickCheckLimits = { ...quickLimits, budgetMs: 2_000 }

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
  limits: QuickCheckLimits = quickLimits,
): Promise<Finding[]> {
  const began = performance.now()
  const isOver = (): boolean => performance.now() - began > (limits.budgetMs ?? Number.POSITIVE_INFINITY)
  const { schema, findings } = checkSchemaSound(subject.schema)
  await setImmediate()
  const matched = checkFilesMatchSchema(schema, subject)
  await setImmediate()
  const sized = checkSizes(schema, subject, limits.emptyShare ?? defaultEmptyShare)
  const wims = await checkWims(schema, subject, limits, isOver)
  return [
    ...findings,
    ...matched,
    ...sized,
    ...wims,
    ...(await checkBlockImages(schema, subject, limits, isOver)),
  ]
}

async function checkWims(
  schema: Schema | undefined,
  subject: CheckSubject,
  limits: QuickCheckLimits,
  isOver: () => boolean,
): Promise<Finding[]> {
  const expected = matchFiles(schema ? expectedFiles(schema, subject.capture) : [], [])
  const { emptyShare = defaultEmptyShare } = limits
  const structure: Finding[] = []
  const metadata: Finding[] = []
  const wims = subject.files.filter(({ path }) => isWimName(path))
  const blobHeaders = Math.min(limits.blobHeaders, Math.ceil(blobHeadersOfVersion / wims.length))
  let xmlLeft = limits.xmlBytes * xmlShares
  for (const file of wims) {
    // Other work gets its turn between two files.
    await setImmediate()
    if (isOver()) {
      structure.push(leftOut('wim-structure', file.path))
      metadata.push(leftOut('wim-metadata', file.path))
      continue
    }
    const found = await checkWimStructure(file, subject.files, { ...limits, blobHeaders })
    structure.push(found.finding)
    const { verdict } = found.finding
    if (found.examination && (verdict === 'PASS' || verdict === 'WARN')) {
      const { usedMiB, sizeBytes, fsType } = expected.expectedAt(file.path) ?? {}
      const source = { usedMiB, sizeBytes, fsType, emptyShare }
      const xmlBytes = Math.min(limits.xmlBytes, xmlLeft)
      xmlLeft -= Math.min(found.examination.header.xml.size, xmlLeft)
      metadata.push(await checkWimMetadata(file, source, found.examination, xmlBytes))
    } else {
      const message = 'Not looked at, since its structure is not that of a whole WIM.'
      metadata.push(finding('wim-metadata', 'SKIP', message, { path: file.path }))
    }
  }
  return [...withinBounds('wim-structure', structure), ...withinBounds('wim-metadata', metadata)]
}

const leftOut = (check: CheckName, path: string): Finding =>
  finding(check, 'SKIP', 'Left to the validation: the version has too much for a quick look.', { path })

async function checkBlockImages(
  schema: Schema | undefined,
  subject: CheckSubject,
  { emptyShare = defaultEmptyShare }: QuickCheckLimits,
  isOver: () => boolean,
): Promise<Finding[]> {
  const expected = matchFiles(schema ? expectedFiles(schema, subject.capture) : [], [])
  const findings: Finding[] = []
  for (const file of subject.files.filter(({ path }) => hasBlockImageName(path))) {
    await setImmediate()
    const found = isOver()
      ? leftOut('block-image', file.path)
      : await checkBlockImage(file, expected.expectedAt(file.path), emptyShare)
    if (found) findings.push(found)
  }
  return withinBounds('block-image', findings)
}
