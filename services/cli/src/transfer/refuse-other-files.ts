import type { storage } from '@goldkeep/contracts'
import { DomainError, listed } from '@goldkeep/domain'
import type { CaptureFile } from './find-capture-files.js'

/**
 * An upload that is gone on with may hold files that its folder has no more: those of a capture that was made
 * before. A version is one capture.
 * @throws DomainError EXTRA_STAGED_FILES
 */
export function refuseOtherFiles(
  { versionId, files }: Pick<storage.UploadStatus, 'versionId' | 'files'>,
  captured: readonly Pick<CaptureFile, 'path'>[],
): void {
  const here = new Set(captured.map(({ path }) => path))
  const others = files.map(({ path }) => path).filter((path) => !here.has(path))
  if (others.length === 0) return
  throw new DomainError(
    'EXTRA_STAGED_FILES',
    `expected the open upload ${versionId} to hold files of this folder alone, found ${listed(others)} of an earlier run; end it by \`goldkeep upload abort ${versionId}\` and run this again`,
    { version_id: versionId, files: listed(others) },
  )
}
