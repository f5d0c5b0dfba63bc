import { identityOf, sameFile, sha256OfFile } from '@goldkeep/client'
import { schemaPath } from '@goldkeep/domain'
import type { Session } from '../session.js'
import { hexDigest } from '../views/words.js'
import type { CaptureDirectory, CaptureFile } from './find-capture-files.js'
import type { SentFile } from './send-file.js'
import { UploadRecords } from './upload-records.js'

/** The files of a folder when a sealed version has exactly them, byte for byte; else nothing. */
export async function matchSealed(
  session: Session,
  versionId: string,
  { files }: CaptureDirectory,
): Promise<SentFile[] | undefined> {
  const { versions } = await session.catalog()
  const version = await versions.get({ by: { $case: 'versionId', value: versionId } })
  const stored = new Map(version.files.map((file) => [file.path, file]))
  stored.delete(schemaPath)
  if (stored.size !== files.length) return undefined
  const matched: SentFile[] = []
  for (const file of files) {
    const { path, size } = file
    const other = stored.get(path)
    const sha256 = hexDigest(other?.digests.find(({ algorithm }) => algorithm === 'sha256'))
    if (sha256 === undefined || Number(other?.size) !== size) return undefined
    if ((await sha256Of(session, versionId, file)) !== sha256) return undefined
    matched.push({ path, size, sha256, how: 'skipped' })
  }
  return matched
}

/** As it was counted while the file was sent, unless the file has changed since. */
async function sha256Of(session: Session, versionId: string, { path, file }: CaptureFile): Promise<string> {
  const record = await new UploadRecords(session.stateDirectory).read(versionId, path)
  const isSame = record?.source !== undefined && sameFile(record.source, await identityOf(file))
  const counted = isSame ? record.finished?.sha256 : undefined
  return counted ?? (await sha256OfFile(file, session.signal))
}
