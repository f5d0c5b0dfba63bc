import type { storage } from '@goldkeep/contracts'
import { spaceOf } from '../operations/report-progress.js'
import type { VersionStore } from '../store/version-store.js'
import type { Door } from './authorize.js'

/** What the volume is and holds. */
export function volumeService(door: Door, store: VersionStore): storage.VolumeServiceImplementation {
  return {
    async getStats(_request, context) {
      await door.requireService(context)
      return {
        volumeId: store.identity.volume,
        houseId: store.identity.house,
        versionCount: store.versions().length,
        openUploadCount: store.views().filter(({ phase }) => phase === 'OPEN').length,
        ...(await spaceOf(store)),
      }
    },
  }
}
