import type { VersionId } from '@goldkeep/domain'
import { volumeLayout } from '@goldkeep/volume'
import { removeJournal } from './end-staging.js'
import type { VolumeContents } from './volume-contents.js'

/** Removes what is left of the staging of a sealed version. */
export async function forgetUpload(
  { root, log, uploads, index }: VolumeContents,
  versionId: VersionId,
): Promise<void> {
  const staged = uploads.get(versionId)
  // Sealed, also if its journal could not be told so.
  if (!staged || (staged.state.phase !== 'SEALED' && !index.has(versionId))) return
  staged.requireSound()
  uploads.delete(versionId)
  await staged.journal.close()
  await removeJournal(root, volumeLayout('').staging(versionId), log)
}
