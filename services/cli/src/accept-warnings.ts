import type { CatalogConnection } from '@goldkeep/client'
import type { catalog } from '@goldkeep/contracts'
import { exitCodes } from '@goldkeep/domain'
import { CliError } from './cli-error.js'
import { confirm } from './confirm.js'
import { listWarnings } from './list-warnings.js'
import type { Session } from './session.js'

/**
 * Names what is wrong with a version before it becomes the primary. One of another kind than the primary, which
 * machines could not be deployed from in the same way, has to be accepted: by an answer on the terminal, or by
 * the option.
 * @throws CliError NOT_ACCEPTED
 */
export async function acceptWarnings(
  session: Session,
  version: catalog.Version,
  primaryVersionId: string,
  isAccepted: boolean,
): Promise<void> {
  const connection = await session.catalog()
  const name = `${version.imageId}@${version.number}`
  for (const warning of await listWarnings(connection, version.versionId))
    session.say(`warning: ${name}: ${warning}`)
  const differences = await compareKinds(connection, version, primaryVersionId)
  if (differences.length === 0) return
  const sentence = `${name} ${differences.join(', and ')}`
  if (isAccepted) session.say(`warning: ${sentence}`)
  if (isAccepted || (await confirm(session, `${sentence}; promote ${name} all the same?`)) === true) return
  throw new CliError(
    'NOT_ACCEPTED',
    `${sentence}; nothing was changed, and --accept-warnings promotes it all the same`,
    exitCodes.conflict,
    { version_id: version.versionId },
  )
}

/** What makes a version of another kind than the primary, in words that follow its name; nothing where it is not. */
export async function compareKinds(
  { versions }: CatalogConnection,
  { versionId, capture }: catalog.Version,
  primaryVersionId: string,
  role = 'the primary',
): Promise<string[]> {
  if (primaryVersionId === '' || primaryVersionId === versionId) return []
  const primary = await versions.get({ by: { $case: 'versionId', value: primaryVersionId } })
  if (primary.capture?.schemaOnly) return []
  const before = `${role} ${primary.imageId}@${primary.number}`
  const differences: string[] = []
  if (capture?.schemaOnly) differences.push(`has a schema and no files, while ${before} has files`)
  if (capture && primary.capture && capture.environment !== primary.capture.environment)
    differences.push(
      `was captured by ${capture.environment}, while ${before} was captured by ${primary.capture.environment}`,
    )
  return differences
}
