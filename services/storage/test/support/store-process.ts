import { parseHouseId } from '@goldkeep/domain'
import { createLogger } from '@goldkeep/service'
import { takeVolume, type OwnedVolume } from '../../src/store/disk/open-volume.js'
import type { VersionStore } from '../../src/store/version-store.js'
import { directSyscalls } from './direct-syscalls.js'
import { attach } from './power-loss/attach.js'
import type { Medium } from './power-loss/medium.js'
import { watchSyscalls, type WatchedSyscalls } from './watched-syscalls.js'

const log = createLogger('storage', 'silent')
export const house = parseHouseId('hse-0123456789abcdef')

/** One life of a storage process, without its wire, on a medium that outlives it. */
export interface StoreProcess {
  readonly sys: WatchedSyscalls
  /** Takes the volume and recovers what is on it. */
  start(): Promise<VersionStore>
  /** Ends it as `kill -9` does: nothing more reaches the volume, and nothing stays open. */
  kill(): Promise<void>
  /** Ends it as SIGTERM does. */
  stop(): Promise<void>
}

/**
 * A process that can be killed at any call.
 * @param faults whether what `sys` throws comes from the medium, so that a sync that fails has lost its bytes
 */
export function newProcess(medium: Medium, faults = false): StoreProcess {
  const below = faults ? watchSyscalls(directSyscalls) : directSyscalls
  const attached = attach(medium, below)
  const { bury, ...calls } = attached
  const sys = faults ? (below as WatchedSyscalls) : watchSyscalls(calls)
  let volume: OwnedVolume | undefined
  let store: VersionStore | undefined
  const release = async (): Promise<void> => {
    await volume?.release()
    await bury()
  }
  return {
    sys,
    start: async () => {
      const { signal } = new AbortController()
      volume = await takeVolume(medium.path, log, signal, faults ? calls : sys, { directWrites: 'always' })
      store = await volume.open(house)
      return store
    },
    kill: async () => {
      sys.die()
      // The socket and the heartbeat are not system calls of the port; they end with the process too.
      await volume?.release().catch(() => {})
      await bury()
    },
    stop: async () => {
      await store?.close()
      await release()
    },
  }
}
