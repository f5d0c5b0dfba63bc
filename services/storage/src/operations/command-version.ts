import type { VersionId } from '@goldkeep/domain'
import type { TrashName } from '@goldkeep/volume'
import type {
  CloneCommand,
  MoveCommand,
  PurgeCommand,
  Purged,
  RestoreCommand,
  TrashCommand,
} from '../store/version-commands.js'
import type { StoredVersion, VersionStore } from '../store/version-store.js'
import type { KeyedQueue } from './keyed-queue.js'
import type { SealReporter } from './report-seals.js'
import type { UploadDesk } from './upload-desk.js'

export interface CommandDependencies {
  readonly store: VersionStore
  readonly desk: UploadDesk
  /** By image: what is published of it, and what moves a version into it or out of it, one at a time. */
  readonly publications: KeyedQueue<string>
}

/** Takes a version to the trash. See VersionStore.trash. */
export function trashVersion(
  { store, desk, publications }: CommandDependencies,
  command: TrashCommand,
): Promise<TrashName> {
  return desk.exclusively(command.versionId, () =>
    publications.runForAll(imagesOf(store, command), () => store.trash(command)),
  )
}

/** Takes a version back from the trash. See VersionStore.restore. */
export function restoreVersion(
  { store, desk, publications }: CommandDependencies,
  command: RestoreCommand,
): Promise<StoredVersion> {
  return desk.exclusively(command.versionId, () =>
    publications.runForAll(imagesOf(store, command), () => store.restore(command)),
  )
}

/** Ends a version in the trash. See VersionStore.purge. */
export function purgeVersion({ store, desk }: CommandDependencies, command: PurgeCommand): Promise<Purged> {
  return desk.exclusively(command.versionId, () => store.purge(command))
}

/** Gives a version to another image. See VersionStore.move. */
export function moveVersion(
  { store, desk, publications }: CommandDependencies,
  command: MoveCommand,
): Promise<StoredVersion> {
  return desk.exclusively(command.versionId, () =>
    publications.runForAll(imagesOf(store, command), () => store.move(command)),
  )
}

export interface Cloned {
  readonly version: StoredVersion
  readonly manifest: Uint8Array
  /** Whether the catalog knows of it. */
  readonly recorded: boolean
}

/** Makes another version of the same bytes, and reports it as a seal is. See VersionStore.clone. */
export async function cloneVersion(
  { store, desk, publications, reporter }: CommandDependencies & { readonly reporter: SealReporter },
  command: CloneCommand,
): Promise<Cloned> {
  const { versionId, source, imageId } = command
  const cloned = await exclusivelyBoth(desk, [versionId, source], () =>
    publications.run(imageId, async () => {
      const version = await store.clone(command)
      return { version, manifest: await store.readManifest(versionId) }
    }),
  )
  return { ...cloned, recorded: await reporter.report(versionId) }
}

const imagesOf = (store: VersionStore, { versionId, imageId }: RestoreCommand | TrashCommand): string[] => [
  imageId,
  store.findVersion(versionId)?.imageId ?? imageId,
]

/** In one order, so that no two commands wait for each other. */
function exclusivelyBoth<T>(
  desk: UploadDesk,
  versions: readonly [VersionId, VersionId],
  work: () => Promise<T>,
): Promise<T> {
  const [first, second] = [...versions].sort() as [VersionId, VersionId]
  if (first === second) return desk.exclusively(first, work)
  return desk.exclusively(first, () => desk.exclusively(second, work))
}
