import type { CatalogConnection } from '@goldkeep/client'
import { catalog } from '@goldkeep/contracts'
import { compareKinds } from './accept-warnings.js'

/**
 * The command that makes the version before the primary again, with the options that it then needs. Nothing where
 * there was none, or where its bytes are gone. Never rejects: the pointer has moved, whatever can be said of it.
 * @param isUnmarked the mark of that version is taken away first
 */
export async function undoCommand(
  connection: CatalogConnection,
  { imageId, fromVersionId, fromNumber, toVersionId }: catalog.PrimaryChange,
  isUnmarked = false,
): Promise<string | undefined> {
  if (fromVersionId === '') return undefined
  const command = `goldkeep promote ${imageId}@${fromNumber}`
  try {
    const before = await connection.versions.get({ by: { $case: 'versionId', value: fromVersionId } })
    if (isGone(before)) return undefined
    const isForced = !isGood(before) || (before.mark === catalog.Mark.MARK_BAD && !isUnmarked)
    const isOther = (await compareKinds(connection, before, toVersionId)).length > 0
    return `${command}${isOther ? ' --accept-warnings' : ''}${isForced ? ' --force --reason TEXT' : ''}`
  } catch {
    return command
  }
}

const isGone = ({ lifecycle, presence }: catalog.Version): boolean =>
  lifecycle !== catalog.Lifecycle.LIFECYCLE_SEALED || presence === catalog.Presence.PRESENCE_MISSING

const isGood = ({ verdict, presence }: catalog.Version): boolean =>
  verdict === catalog.Verdict.VERDICT_VALID && presence === catalog.Presence.PRESENCE_PRESENT
