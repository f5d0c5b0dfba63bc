import type { VersionStore } from '../../src/store/version-store.js'
import type { Storage } from './laws-of-storage.js'

/** A version store in this process, as the laws ask it. */
export function storageOf(store: VersionStore): Storage {
  return {
    view: (versionId) => store.view(versionId),
    commandTooLate: (versionId, opSeq) => store.endUpload(versionId, 'ABORTED', { epoch: 1, opSeq }),
    readFile: async (versionId, path) => {
      const file = await store.openFile(versionId, path)
      try {
        return Buffer.from(await file.read(0, file.size))
      } finally {
        await file.close()
      }
    },
  }
}
