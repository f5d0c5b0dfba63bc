import type { FilePath, ImageId, VersionId } from '@goldkeep/domain'
import type { VersionCommand } from '../../src/store/version-commands.js'
import type { VersionStore } from '../../src/store/version-store.js'
import { knownVersion, type KnownVersion, type Ledger, type Place } from './ledger.js'
import { imageUid } from './test-house.js'

/** Commands about sealed versions; what each may have done and what it answered is noted in the ledger. */
export function commandsOf(store: VersionStore, ledger: Ledger) {
  /** Does what brings the version to another place. */
  const bring = async (
    versionId: VersionId,
    opSeq: number,
    onTheWay: readonly Place[],
    to: Place,
    command: (known: KnownVersion, order: VersionCommand) => Promise<unknown>,
  ): Promise<void> => {
    const known = knownVersion(ledger, versionId)
    known.may = new Set([...known.may, ...onTheWay, to])
    await command(known, { versionId, epoch: 1, opSeq })
    known.may = new Set([to])
    known.lastSeq = opSeq
  }
  const time = '2026-11-22T20:00:00.000Z'

  return {
    trash: (versionId: VersionId, imageId: ImageId, opSeq: number) =>
      bring(versionId, opSeq, [], 'trash', (_known, order) =>
        store.trash({ ...order, imageId, imageUid, time, reason: 'a test' }),
      ),
    restore: (versionId: VersionId, imageId: ImageId, opSeq: number) =>
      bring(versionId, opSeq, [], 'versions', (_known, order) =>
        store.restore({ ...order, imageId, imageUid }),
      ),
    purge: (versionId: VersionId, opSeq: number) =>
      bring(versionId, opSeq, ['purging'], 'nowhere', ({ files }, order) =>
        store.purge({ ...order, paths: [...files.keys()] as FilePath[] }),
      ),
    clone: async (source: VersionId, versionId: VersionId, imageId: ImageId, opSeq: number) => {
      const { files } = knownVersion(ledger, source)
      if (!ledger.versions.has(versionId))
        ledger.versions.set(versionId, { images: new Set([imageId]), files, may: new Set(['nowhere']) })
      await bring(versionId, opSeq, [], 'versions', (_known, order) =>
        store.clone({ ...order, source, imageId, imageUid, time }),
      )
    },
    move: async (versionId: VersionId, imageId: ImageId, opSeq: number) => {
      const known = knownVersion(ledger, versionId)
      known.images = new Set([...known.images, imageId])
      await bring(versionId, opSeq, [], 'versions', (_known, order) =>
        store.move({ ...order, imageId, imageUid }),
      )
      known.images = new Set([imageId])
    },
  }
}
