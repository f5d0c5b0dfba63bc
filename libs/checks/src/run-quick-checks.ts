import type { CheckName, Finding } from '@goldkeep/domain'
import { expectedFiles, matchFiles, type ExpectedFile, type FileMatches } from '@goldkeep/schema'
import { maxMetadataBytes, maxSortedEntries, quickLimits, type ExamineLimits } from '@goldkeep/wim'
import { setImmediate } from 'node:timers/promises'
import { hasBlockImageName } from './block-names.js'
import { checkBlockImage } from './check-block-image.js'
import { checkPartitionTable, isPartitionTable } from './check-partition-table.js'
import { checkFilesMatchSchema } from './check-files-match-schema.js'
import { checkSchemaSound } from './check-schema-sound.js'
import { checkSizes } from './check-sizes.js'
import { checkWimMetadata } from './check-wim-metadata.js'
import { checkWimStructure, type WimStructure } from './check-wim-structure.js'
import { isWimName } from './file-kinds.js'
import { finding, withinBounds } from './finding.js'
import { defaultEmptyShare } from './smallest-share.js'
import type { CheckedFile, CheckSubject } from './subject.js'
import { TimeBudget, type BudgetClock } from './time-budget.js'

/** How much is looked at where time is no matter: whole tables, since the deep checks read all the rest. */
export const thoroughLimits: ExamineLimits = {
  entries: maxSortedEntries,
  blobHeaders: 64,
  xmlBytes: maxMetadataBytes,
}

/** What the quick checks may cost where somebody waits. What they leave out says SKIP. */
export interface QuickCheckLimits extends ExamineLimits {
  /** Milliseconds for looking into all files; each may take a quarter of them. Without end when absent. */
  readonly budgetMs?: number
  /** For tests. */
  readonly clock?: BudgetClock
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
  const { budgetMs = Number.POSITIVE_INFINITY, emptyShare = defaultEmptyShare } = limits
  const budget = new TimeBudget(budgetMs, limits.clock)
  const { schema, findings } = checkSchemaSound(subject.schema)
  await setImmediate()
  const matched = checkFilesMatchSchema(schema, subject)
  await setImmediate()
  const sized = checkSizes(schema, subject, emptyShare)
  const expected = matchFiles(schema ? expectedFiles(schema, subject.capture) : [], [])
  const look: Look = { expected, files: subject.files, limits, emptyShare, budget }
  return [...findings, ...matched, ...sized, ...(await checkWims(look)), ...(await checkBlockImages(look))]
}

/** What the checks that look into files need. */
interface Look {
  readonly expected: FileMatches<ExpectedFile>
  readonly files: readonly CheckedFile[]
  readonly limits: QuickCheckLimits
  readonly emptyShare: number
  readonly budget: TimeBudget
}

async function checkWims(look: Look): Promise<Finding[]> {
  const { files, limits } = look
  const structure: Finding[] = []
  const metadata: Finding[] = []
  const wims = files.filter(({ path }) => isWimName(path))
  const blobHeaders = Math.min(limits.blobHeaders, Math.ceil(blobHeadersOfVersion / wims.length))
  let xmlLeft = limits.xmlBytes * xmlShares
  for (const file of wims) {
    // Other work gets its turn between two files.
    await setImmediate()
    const xmlBytes = Math.min(limits.xmlBytes, xmlLeft)
    const found = await look.budget.examine(file, (readable) =>
      checkWim(readable, look, { ...limits, blobHeaders, xmlBytes }),
    )
    structure.push(found?.structure.finding ?? leftOut('wim-structure', file.path))
    metadata.push(found?.metadata ?? leftOut('wim-metadata', file.path))
    xmlLeft -= Math.min(found?.structure.examination?.header.xml.size ?? 0, xmlLeft)
  }
  return [...withinBounds('wim-structure', structure), ...withinBounds('wim-metadata', metadata)]
}

async function checkWim(
  file: CheckedFile,
  { expected, files, emptyShare }: Look,
  limits: ExamineLimits,
): Promise<{ readonly structure: WimStructure; readonly metadata: Finding }> {
  const { path } = file
  const structure = await checkWimStructure(file, files, limits)
  const { verdict } = structure.finding
  if (!structure.examination || (verdict !== 'PASS' && verdict !== 'WARN')) {
    const message = 'Not looked at, since its structure is not that of a whole WIM.'
    return { structure, metadata: finding('wim-metadata', 'SKIP', message, { path }) }
  }
  const { usedMiB, sizeBytes, fsType } = expected.expectedAt(path) ?? {}
  const source = { usedMiB, sizeBytes, fsType, emptyShare }
  const metadata = await checkWimMetadata(file, source, structure.examination, limits.xmlBytes)
  return { structure, metadata }
}

const leftOut = (check: CheckName, path: string): Finding =>
  finding(check, 'SKIP', 'Left to the validation: it takes longer than a quick look may.', { path })

async function checkBlockImages({ expected, files, emptyShare, budget }: Look): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const file of files.filter(({ path }) => hasBlockImageName(path) || isPartitionTable(path))) {
    await setImmediate()
    const found = await budget.examine(file, async (readable) => ({
      finding: isPartitionTable(file.path)
        ? await checkPartitionTable(readable)
        : await checkBlockImage(readable, expected.expectedAt(file.path), emptyShare),
    }))
    if (!found) findings.push(leftOut('block-image', file.path))
    else if (found.finding) findings.push(found.finding)
  }
  return withinBounds('block-image', findings)
}
