import type { UploadEnd, VersionId } from '@goldkeep/domain'
import type { CommandOrder } from '../version-commands.js'
import { requireNotOlder } from './command-journal.js'
import { completeSeal } from './complete-seal.js'
import { wasSealed } from './find-held.js'
import { describeFaults } from './io-faults.js'
import { finishEnding } from './recover-uploads.js'
import { requireReadable, requireRecovered, type VolumeContents } from './volume-contents.js'

/** See VersionStore.requireEndable. */
export function requireEndable(
  { commands, uploads }: VolumeContents,
  version: VersionId,
  order: CommandOrder,
): void {
  commands.recall(version, 'end-upload', order)
  const begun = uploads.get(version)?.state.ended
  if (begun) requireNotOlder(version, order, begun)
}

/** Decides how an upload ends, durably, before anything of it is removed. See VersionStore.endUpload. */
export function endUpload(
  volume: VolumeContents,
  version: VersionId,
  outcome: UploadEnd,
  order: CommandOrder,
): Promise<UploadEnd | 'SEALED'> {
  const { commands, uploads } = volume
  return describeFaults(`end upload ${version}`, async () => {
    const recorded = commands.recall(version, 'end-upload', order)
    if (recorded) return recorded.outcome
    requireRecovered(volume, version)
    const staged = uploads.get(version)
    const begun = staged?.state.ended
    if (begun) requireNotOlder(version, order, begun)
    const last = commands.find(version)
    const ended = begun?.outcome ?? (last?.verb === 'end-upload' ? last.outcome : undefined)
    const isSealed = (await completeSeal(volume, version)) !== undefined || wasSealed(volume, version)
    if (!isSealed && !staged) requireReadable(volume, version)
    const decided = isSealed ? 'SEALED' : (ended ?? outcome)
    if (decided !== 'SEALED' && staged && !staged.state.ended)
      await staged.record({ t: 'ended', outcome: decided, ...order })
    await commands.recordEnd(version, order, decided)
    if (decided !== 'SEALED' && staged) {
      uploads.delete(version)
      await staged.journal.close()
      await finishEnding(volume, staged)
    }
    return decided
  })
}
