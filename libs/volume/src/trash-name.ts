import { DomainError, isVersionId, type Branded, type VersionId } from '@goldkeep/domain'

/** The name of a version's directory in the trash: `20261122T181502Z-4k7q@20261201T093000Z`. */
export type TrashName = Branded<string, 'TrashName'>

const timePattern = /^\d{8}T\d{6}Z$/

/** The name for a version that is trashed at a time, to the second. */
export function trashName(versionId: VersionId, time: Date): TrashName {
  const stamp = time.toISOString().replace(/[-:]|\.\d+/g, '')
  return `${versionId}@${stamp}` as TrashName
}

/** The version that a name in the trash is of; `undefined` when it is no such name. */
export function versionOfTrashName(name: string): VersionId | undefined {
  const [version = '', time = '', ...rest] = name.split('@')
  return isVersionId(version) && timePattern.test(time) && rest.length === 0 ? version : undefined
}

export const isTrashName = (name: string): name is TrashName => versionOfTrashName(name) !== undefined

/** @throws DomainError INVALID_FIELD */
export function parseTrashName(name: string): TrashName {
  if (isTrashName(name)) return name
  throw new DomainError(
    'INVALID_FIELD',
    `trash_name: expected <version>@<time>, found ${JSON.stringify(name.slice(0, 200))}`,
    { field: 'trash_name', found: name.slice(0, 200) },
  )
}
