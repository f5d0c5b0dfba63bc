import { schemaPath, type VersionId } from '@goldkeep/domain'
import { volumeLayout } from '@goldkeep/volume'
import { listDirectory, type VolumeRoot } from './directories.js'
import { decodeFrames, type DecodedJournal } from './journal-frames.js'

/** What may be in a staged tree before the journal has its first record: see stageUpload. */
const beforeFirstRecord: ReadonlySet<string> = new Set([schemaPath, `.${schemaPath}.new`])

/**
 * Gives the reader of an upload's journal. One without a record is damaged where the staged tree holds more than
 * a schema: a file is begun only after the upload was recorded as opened.
 */
export async function uploadDecoder(
  root: VolumeRoot,
  versionId: VersionId,
): Promise<(bytes: Uint8Array) => DecodedJournal> {
  const staged = await listDirectory(root, volumeLayout('').stagedTree(versionId))
  const wasOpened = staged.some((name) => !beforeFirstRecord.has(name))
  return (bytes) => {
    const decoded = decodeFrames(bytes)
    return wasOpened && decoded.records.length === 0 ? { ...decoded, end: 'damaged' } : decoded
  }
}
