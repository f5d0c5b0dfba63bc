import { JournalDamagedError } from './journal-damage.js'
import type { Unreadable } from '../unreadable.js'
import type { VolumeContents } from './volume-contents.js'

/** What was found damaged when the volume was read, and that it runs out of room; a sentence each. */
export function listTroubles({ root, commands, unrecovered, unreadable, copies }: VolumeContents): string[] {
  const { shortage } = root.room
  const uploads = [...unrecovered].map(([version, error]) =>
    error instanceof JournalDamagedError
      ? error.message
      : `upload ${version} could not be recovered when storage started, and is kept; its log says why`,
  )
  const versions = copies.flatMap(({ versionId, imageId, manifestDigest }) =>
    manifestDigest === undefined
      ? [`version ${versionId} of image ${imageId} has no version.json that can be used; it is kept`]
      : [`version ${versionId} is in the directory of image ${imageId} as well; both are kept`],
  )
  const journal = commands.damage ? [commands.damage.message] : []
  return [
    ...(shortage === undefined ? [] : [shortage]),
    ...journal,
    ...[...unreadable].map(describeUnreadable),
    ...versions,
    ...uploads,
  ]
}

function describeUnreadable(one: Unreadable): string {
  const what = { version: 'version', versions: 'the list of versions', 'image.json': 'image.json' }[one.what]
  const name = one.what === 'version' ? `${what} ${one.versionId}` : what
  return `${name} of image ${one.imageId} cannot be read or used, and is kept; the log of storage says why`
}
