import type { UploadEnd, VersionId } from '@goldkeep/domain'
import type { CommandOrder } from '../version-store.js'
import { completeSeal } from './complete-seal.js'
import { describeFaults } from './io-faults.js'
import { finishEnding } from './recover-uploads.js'
import { requireRecovered, type VolumeContents } from './volume-contents.js'

/** Decides how an upload ends, durably, before anything of it is removed. See VersionStore.endUpload. */
export function endUpload(
  volume: VolumeContents,
  version: VersionId,
  outcome: UploadEnd,
  order: CommandOrder,
): Promise<UploadEnd | 'SEALED'> {
  const { commands, uploads } = volume
  return describeFaults(`end upload ${version}`, async () => {
    const recorded = commands.recall(version, order)
    if (recorded) return recorded.outcome
    requireRecovered(volume, version)
    const staged = uploads.get(version)
    const decided = (await completeSeal(volume, version))
      ? 'SEALED'
      : (staged?.state.ended?.outcome ?? commands.find(version)?.outcome ?? outcome)
    if (decided !== 'SEALED' && staged && !staged.state.ended)
      await staged.record({ t: 'ended', outcome: decided, ...order })
    await commands.record({
      t: 'end-upload',
      version,
      outcome: decided,
      ...order,
      time: new Date().toISOString(),
    })
    if (decided !== 'SEALED' && staged) {
      uploads.delete(version)
      await staged.journal.close()
      await finishEnding(volume, staged)
    }
    return decided
  })
}
