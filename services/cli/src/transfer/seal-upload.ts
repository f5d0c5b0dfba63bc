import type { UploadSession } from '@goldkeep/client'
import { listed } from '@goldkeep/domain'
import { checksFailed } from '../cli-error.js'
import { formatCount } from '../output/format.js'
import type { Session } from '../session.js'
import { findingSentence, findingTable, findingView } from '../views/finding-view.js'
import { hexDigest } from '../views/words.js'
import { orSay } from './how-to-go-on.js'
import type { SealList } from './seal-files.js'

export interface SealedUpload {
  readonly versionId: string
  readonly reference: string
  readonly document: object
  /** For people. */
  readonly text: (width: number | undefined) => string
  /** What the quick checks found wrong. */
  readonly faults: string | undefined
}

/** Makes the version and gathers what the quick checks found. */
export async function sealUpload(
  session: Session,
  upload: UploadSession,
  { files, onStorageWord }: SealList,
): Promise<SealedUpload> {
  if (onStorageWord.length > 0)
    session.say(
      `sealing with the storage service's own digests for what was not sent from here: ${listed(onStorageWord)}`,
    )
  const { versionId } = upload
  const answer = await orSay(
    session,
    `the version may have been made: \`goldkeep upload seal ${versionId}\` makes it, or says what it has become`,
    () => upload.seal(files),
  )
  const reference = await referenceOf(session, versionId)
  if (!answer.recorded) session.say('the catalog does not know it yet; it will as soon as it can be reached')
  const findings = answer.findings.map(findingView)
  const failed = findings.filter((finding) => finding.verdict === 'FAIL')
  return {
    versionId,
    reference,
    document: {
      versionId,
      reference,
      files: files.map(({ path, size, sha256 }) => ({ path, sizeBytes: String(size), sha256 })),
      manifestSha256: hexDigest(answer.manifestDigest),
      recorded: answer.recorded,
      findings,
    },
    text: (width) =>
      `${reference} is sealed (${versionId}, ${formatCount(files.length, 'file')})\n\n${findingTable(findings, width)}`,
    faults: failed.length > 0 ? listed(failed.map(findingSentence)) : undefined,
  }
}

/**
 * Shows a sealed version.
 * @throws CliError CHECKS_FAILED when the quick checks found a fault; the version is sealed nevertheless
 */
export function showSealed(session: Session, sealed: SealedUpload): void {
  session.show(sealed.document, sealed.text)
  if (sealed.faults === undefined) return
  throw checksFailed(
    `${sealed.reference} is sealed, but the quick checks found faults: ${sealed.faults}. The primary is untouched; capture again into a new upload while the machine is still there`,
    sealed.versionId,
  )
}

/** The catalog may be away for a moment: then the id must do. */
async function referenceOf(session: Session, versionId: string): Promise<string> {
  const { uploads } = await session.catalog()
  try {
    const { imageId, number } = await uploads.get({ versionId })
    return `${imageId}@${number}`
  } catch {
    return versionId
  }
}
