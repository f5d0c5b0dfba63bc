import {
  captureToProto,
  catalog,
  lifecycleWords,
  markWords,
  presenceWords,
  sha256ToProto,
  verdictWords,
} from '@goldkeep/contracts'
import { bestPresence, type Command } from '@goldkeep/domain'
import type { ManifestFile } from '@goldkeep/volume'
import type { VersionView } from '../db/versions-queries.js'
import { encodeFile, encodeMachine } from './encode-common.js'

const commandWords = {
  TRASH: catalog.Command.COMMAND_TRASH,
  RESTORE: catalog.Command.COMMAND_RESTORE,
  PURGE: catalog.Command.COMMAND_PURGE,
  END_UPLOAD: catalog.Command.COMMAND_END_UPLOAD,
  MOVE: catalog.Command.COMMAND_MOVE,
} as const satisfies Record<Command, catalog.Command>

/** @param files given by Get, left out of lists */
export const encodeVersion = (
  version: VersionView,
  files: readonly ManifestFile[] = [],
): catalog.Version => ({
  versionId: version.versionId,
  imageId: version.imageId,
  imageUid: version.imageUid,
  number: version.number,
  lifecycle: lifecycleWords.toProto(version.lifecycle),
  verdict: verdictWords.toProto(version.verdict),
  presence: presenceWords.toProto(shownPresence(version)),
  pending: encodePending(version),
  locations: version.locations.map(({ volumeId, presence, lastChecked, found }) => ({
    volumeId,
    found,
    presence: presenceWords.toProto(presence),
    lastChecked,
  })),
  note: version.note,
  labels: { ...version.labels },
  mark: markWords.toProto(version.mark),
  markReason: version.markReason ?? '',
  protected: version.protected,
  holdUntil: version.holdUntil ?? undefined,
  sizeBytes: BigInt(version.sizeBytes),
  files: files.map(encodeFile),
  manifestDigest: version.manifestDigest ? sha256ToProto(version.manifestDigest) : undefined,
  capture: captureToProto(version.capture),
  source: version.source ? encodeMachine(version.source) : undefined,
  agent: version.agent,
  createTime: version.createdAt,
  sealTime: version.sealedAt ?? undefined,
  isPrimary: version.isPrimary,
  etag: String(version.revision),
  fileCount: version.fileCount,
  verdictTime: version.verdictAt ?? undefined,
  warningCount: version.warningCount,
})

/** Before the seal there are no bytes that could be present or missing. */
function shownPresence(version: VersionView) {
  if (version.manifestDigest === null) return undefined
  return bestPresence(version.locations.map((location) => location.presence))
}

function encodePending(version: VersionView): catalog.PendingCommand | undefined {
  if (version.pendingCommand === null) return undefined
  return {
    command: commandWords[version.pendingCommand],
    opSeq: BigInt(version.pendingOpSeq ?? 0),
    since: version.pendingSince ?? undefined,
  }
}
