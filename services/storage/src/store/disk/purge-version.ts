import { DomainError, type FilePath, type VersionId } from '@goldkeep/domain'
import { volumeLayout, type TrashName } from '@goldkeep/volume'
import type { PurgeCommand, Purged } from '../version-commands.js'
import type { TrashedVersion } from '../version-store.js'
import { carryOut } from './carry-out.js'
import type { CommandPlans } from './command-records.js'
import { lookAt } from './directories.js'
import { refuseStaged } from './find-held.js'
import { relocate, syncRelocated } from './relocate.js'
import { listRemains, removeKnownFiles } from './remove-known-files.js'
import { removeLoneSidecar } from './sidecars.js'
import { findTrashed } from './trash-index.js'
import { describeDirectory } from './version-index.js'
import { requireReadable, type VolumeContents } from './volume-contents.js'

const layout = volumeLayout('')
/** Of what was kept so many are named. */
const mostNamed = 10

/** Ends a version in the trash. See VersionStore.purge. */
export function purgeVersion(volume: VolumeContents, command: PurgeCommand): Promise<Purged> {
  return carryOut(volume, 'purge', command, {
    plan: () => planPurge(volume, command),
    run: ({ name, files }) =>
      name === undefined ? nothingKept : runPurge(volume, command.versionId, name, files),
  })
}

const nothingKept = Promise.resolve<Purged>({ kept: [], keptCount: 0 })

async function planPurge(
  volume: VolumeContents,
  { versionId, trashName, paths }: PurgeCommand,
): Promise<CommandPlans['purge']> {
  const { index, copies, commands, trash } = volume
  const lying = findTrashed(trash, versionId, trashName)
  if (!lying) {
    refuseStaged(volume, versionId)
    // A purge is of the trash alone; what is in its place, in whatever state, is trashed first.
    if (index.has(versionId) || copies.some((copy) => copy.versionId === versionId))
      throw new DomainError(
        'VERSION_IN_USE',
        `version ${versionId} does not lie in the trash${trashName ? ` as ${trashName}` : ''}; trash it first`,
        { version_id: versionId },
      )
    requireReadable(volume, versionId)
    return { files: [] }
  }
  const last = commands.find(versionId)
  const before = last?.verb === 'purge' && last.plan.name === lying.name ? last.plan.files : []
  const files = new Set([...paths, ...before, ...(await filesOf(volume, lying, paths.length > 0))])
  return { name: lying.name, files: [...files] }
}

/** @throws DomainError VERSION_DAMAGED when nothing says which files are the version's */
async function filesOf(
  { root }: VolumeContents,
  { versionId, name, isPurging }: TrashedVersion,
  areNamed: boolean,
): Promise<FilePath[]> {
  const directory = isPurging ? layout.purging(name) : layout.trashed(name)
  try {
    const { manifest } = await describeDirectory(root, directory, versionId)
    return manifest.files.map(({ path }) => path)
  } catch (error) {
    if (areNamed || isPurging) return []
    throw error
  }
}

/** From its rename on there is no way back, and so a start goes on with it. */
export async function runPurge(
  volume: VolumeContents,
  versionId: VersionId,
  name: TrashName,
  files: readonly FilePath[],
): Promise<Purged> {
  const { root, trash } = volume
  const directory = layout.purging(name)
  if (await lookAt(root, layout.trashed(name)))
    await relocate(volume, versionId, layout.trashed(name), directory, () => {
      const lying = trash.get(name) ?? { versionId, name }
      trash.set(name, { ...lying, isPurging: true })
    })
  // Before the first file goes, so that no loss of power brings half a version back to the trash.
  else await syncRelocated(volume, versionId, layout.trash)
  const isGone = await volume.purges.run((signal) =>
    removeKnownFiles(root, directory, files, isLitter, signal),
  )
  if (!isGone) return describeRemains(volume, versionId, directory)
  await removeLoneSidecar(root, name)
  trash.delete(name)
  return { kept: [], keptCount: 0 }
}

/** @throws DomainError VERSION_IN_USE when nothing but what is still read keeps the directory */
async function describeRemains(
  { root, log }: VolumeContents,
  versionId: VersionId,
  directory: string,
): Promise<Purged> {
  const remains = await listRemains(root, directory)
  const open = remains.filter((path) => isLeftOpen(path.slice(path.lastIndexOf('/') + 1)))
  if (open.length > 0)
    throw new DomainError(
      'VERSION_IN_USE',
      `version ${versionId} is purged but for ${open.length} files that are open over NFS; repeat later`,
      { version_id: versionId, holder: 'reader' },
    )
  log.warn(
    { versionId, directory, kept: remains.length },
    'a purged version held what is none of it; that is kept',
  )
  return { kept: remains.slice(0, mostNamed), keptCount: remains.length, keptIn: directory }
}

/** NFS gives a file this name that was unlinked while a client had it open. */
const isLeftOpen = (name: string): boolean => name.startsWith('.nfs')

/** What file managers and file systems leave in any folder. */
const litter = new Set(['Thumbs.db', 'desktop.ini', '.DS_Store'])
const isLitter = (name: string): boolean => litter.has(name) || isLeftOpen(name)

/** Goes on with the purges that an earlier run had begun; what no command put there is left alone. */
export async function resumePurges(volume: VolumeContents): Promise<void> {
  const { trash, commands, purges, log } = volume
  for (const { versionId, name, isPurging } of [...trash.values()]) {
    if (purges.isStopping) return
    if (!isPurging) continue
    const last = commands.find(versionId)
    if (last?.verb !== 'purge' || last.plan.name !== name)
      log.warn({ trashName: name }, 'no command says that this is to be purged; it is kept')
    else
      await runPurge(volume, versionId, name, last.plan.files).catch((error: unknown) => {
        log.warn({ err: error, trashName: name }, 'a purge could not be ended; it is repeated')
      })
  }
}
