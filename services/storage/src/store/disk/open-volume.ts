import { newVolumeId, type HouseId, type VolumeId } from '@goldkeep/domain'
import type { Logger } from '@goldkeep/service'
import {
  formatMajor,
  formatVolumeIdentity,
  parseVolumeIdentity,
  volumeLayout,
  type VolumeIdentity,
} from '@goldkeep/volume'
import type { VersionStore } from '../version-store.js'
import { createCommandsFile } from './commands-file.js'
import { DirectWrites, type DirectWritesMode } from './direct-writes.js'
import { listDirectory, openRoot, type VolumeRoot } from './directories.js'
import { guardSyscalls } from './guarded-syscalls.js'
import { refuseFileSystem } from './file-system-kind.js'
import { defaultLeaseTimes, type LeaseTimes } from './lease-times.js'
import { describeFaults } from './io-faults.js'
import { probeVolume } from './probe-volume.js'
import { readVolume } from './read-volume.js'
import { isErrno, nodeSyscalls, type Syscalls } from './syscalls.js'
import { repairJournals, type RepairedJournal } from './repair-journals.js'
import { keepReserve } from './reserve.js'
import { Room } from './room.js'
import { UnfitVolumeError } from './unfit-volume.js'
import { ownVolume, type Ownership, type OwnerSelf } from './volume-owner.js'
import { readWhole, replaceFile } from './whole-files.js'

const layout = volumeLayout('')

/** A volume that this process owns and has not read yet. */
export interface OwnedVolume {
  /** `undefined` for a directory that never was a volume. */
  readonly identity: VolumeIdentity | undefined
  /** What a new volume will be called. */
  readonly volumeId: VolumeId
  /** Rejects when another has taken it over, or its lease cannot be renewed. */
  readonly lost: Promise<never>
  /**
   * To be called before anything is acknowledged: after a gap in this process's clocks it reads the lease.
   * @throws DomainError SHUTTING_DOWN
   */
  confirm(): Promise<void>
  /** Recovers what an earlier run left, and serves it. A new volume becomes the house's. */
  open(house: HouseId): Promise<VersionStore>
  /** Instead of `open`. See repair-journals. */
  repairJournals(): Promise<RepairedJournal[]>
  /** Where what is known of the catalog's keys is kept. */
  readonly trustFile: {
    read(): Promise<Uint8Array | undefined>
    write(bytes: Uint8Array): Promise<void>
  }
  release(): Promise<void>
}

export interface VolumeOptions {
  readonly lease?: LeaseTimes
  /** Bytes that uploads never get, and as many that are given back when others have filled the volume. */
  readonly reserveBytes?: number
  /** With fewer bytes left for uploads it is a trouble. */
  readonly lowSpaceBytes?: number
  readonly directWrites?: DirectWritesMode
  /** Which process and which clock this is; given by tests. */
  readonly owner?: OwnerSelf
}

/**
 * Takes the directory for this process alone and tries whether it can be a volume.
 * @throws VolumeHeldError, UnfitVolumeError, DomainError IO_ERROR, NO_SPACE, or for a volume.json that
 *   cannot be read
 */
export async function takeVolume(
  path: string,
  log: Logger,
  signal: AbortSignal,
  sys: Syscalls = nodeSyscalls,
  options: VolumeOptions = {},
): Promise<OwnedVolume> {
  const { lease = defaultLeaseTimes, reserveBytes = 0, lowSpaceBytes = 0 } = options
  const { directWrites = 'auto', owner } = options
  let owned: Ownership | undefined = undefined
  const guard = (calls: Syscalls): Syscalls => guardSyscalls(calls, () => owned)
  const reserve = keepReserve(sys, reserveBytes, log)
  const refill = (): void => {
    if (owned?.isFresh()) void reserve.fill()
  }
  const roomOf = (fd: number): Room => new Room(guard(sys), fd, reserveBytes, refill, lowSpaceBytes)
  const direct = new DirectWrites(directWrites)
  const root = await openRoot(guard(reserve.sys), path, roomOf, direct).catch((error: unknown) => {
    if (!isErrno(error, 'ENOENT')) throw new UnfitVolumeError(path, 'it cannot be opened', error)
    // Never made here: where a disk is not mounted that would fill the disk below.
    throw new UnfitVolumeError(path, 'it does not exist; mount its disk, or make the directory')
  })
  reserve.attach(root)
  const own = async (): Promise<Ownership> => {
    const warning = await refuseFileSystem(root)
    if (warning) log.warn({ volume: path }, `the volume is on ${warning}`)
    // The lease itself is written unguarded, since by it the guard is answered.
    const bare = { ...root, sys: reserve.sys }
    return describeFaults(`own the volume ${path}`, () => ownVolume(bare, log, lease, signal, owner))
  }
  const ownership = await own().catch(async (error: unknown) => {
    await sys.close(root.fd)
    throw error
  })
  owned = ownership
  const release = async (): Promise<void> => {
    await ownership.release().finally(() => sys.close(root.fd))
  }
  try {
    const bytes = await describeFaults(`try the volume ${path}`, async () => {
      const warning = await probeVolume(root)
      if (warning) log.warn({ volume: path }, warning)
      await reserve.fill()
      const found = await readWhole(root, layout.identity)
      if (!found) await requireEmpty(root)
      return found
    })
    const identity = bytes && identityOf(bytes, path)
    const volumeId = identity?.volume ?? newVolumeId()
    return {
      identity,
      volumeId,
      lost: ownership.lost,
      confirm: () => ownership.confirm(),
      release,
      open: (house) =>
        describeFaults(`read the volume ${path}`, async () => {
          const founding = { format: formatMajor, house, volume: volumeId } as const
          return readVolume(root, log, identity ?? (await founded(root, founding)), ownership.witness)
        }),
      repairJournals: () => repairJournals(root, new Date(), ownership.witness.framesOf(volumeId)),
      trustFile: {
        read: () => readWhole(root, layout.trust),
        write: (content) => replaceFile(root, layout.trust, content),
      },
    }
  } catch (error) {
    await release().catch((fault: unknown) => {
      log.warn({ err: fault, volume: path }, 'the volume could not be released in order')
    })
    throw error
  }
}

function identityOf(bytes: Uint8Array, path: string): VolumeIdentity {
  try {
    return parseVolumeIdentity(bytes)
  } catch (error) {
    throw new UnfitVolumeError(path, 'its volume.json is kept as it is; put a good copy of it back', error)
  }
}

/**
 * A volume that has lost its volume.json would become another one: the catalog would know its versions on two
 * volumes, of which one never answers again.
 */
async function requireEmpty(root: VolumeRoot): Promise<void> {
  for (const path of [layout.images, layout.stagingRoot, layout.trash])
    if ((await listDirectory(root, path)).length > 0)
      throw new UnfitVolumeError(
        root.path,
        `it has no volume.json, and ${path}/ is not empty. Put its volume.json back: format 1, and the house and ` +
          'the volume that any version.json in it names. Or take an empty directory',
      )
}

async function founded(root: VolumeRoot, identity: VolumeIdentity): Promise<VolumeIdentity> {
  // First, so that a volume which has its identity, and no such journal, has lost it.
  await createCommandsFile(root)
  await replaceFile(root, layout.identity, formatVolumeIdentity(identity))
  return identity
}
