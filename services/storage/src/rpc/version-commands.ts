import { sha256ToProto, type catalog, type storage } from '@goldkeep/contracts'
import { DomainError, parseFilePath, parseImageId, parseUid, parseVersionId } from '@goldkeep/domain'
import { parseTrashName } from '@goldkeep/volume'
import {
  cloneVersion,
  moveVersion,
  purgeVersion,
  restoreVersion,
  trashVersion,
  type CommandDependencies,
} from '../operations/command-version.js'
import type { SealReporter } from '../operations/report-seals.js'
import type { Belonging, VersionCommand } from '../store/version-commands.js'
import type { Door } from './authorize.js'
import { sizeFromProto } from './sizes.js'

export interface VersionCommandDependencies extends CommandDependencies {
  readonly reporter: SealReporter
}

type Commands = 'trash' | 'restore' | 'purge' | 'cloneVersion' | 'moveVersion'

/** The commands about sealed versions. */
export function versionCommands(
  door: Door,
  dependencies: VersionCommandDependencies,
): Pick<storage.VersionAdminServiceImplementation, Commands> {
  return {
    async trash(request, context) {
      await door.requireService(context)
      const { reason } = request
      const command = { ...commandOf(request), ...belongingOf(request), ...wishOf(request) }
      const trashName = await trashVersion(dependencies, { ...command, ...(reason && { reason }) })
      return { trashName }
    },

    async restore(request, context) {
      await door.requireService(context)
      const command = { ...commandOf(request), ...belongingOf(request), ...trashNameOf(request) }
      const { imageId, imageUid, manifestDigest } = await restoreVersion(dependencies, command)
      return { imageId, imageUid, manifestDigest: sha256ToProto(manifestDigest) }
    },

    async purge(request, context) {
      await door.requireService(context)
      const paths = request.paths.map(parseFilePath)
      const command = { ...commandOf(request), ...trashNameOf(request), paths }
      const { kept, keptCount, keptIn } = await purgeVersion(dependencies, command)
      return { keptPaths: [...kept], keptCount, keptIn: keptIn ?? '' }
    },

    async cloneVersion(request, context) {
      await door.requireService(context)
      const source = parseVersionId(request.sourceVersionId)
      const command = { ...commandOf(request), ...belongingOf(request), ...wishOf(request), source }
      const { version, manifest, recorded } = await cloneVersion(dependencies, command)
      return { manifest, manifestDigest: sha256ToProto(version.manifestDigest), recorded }
    },

    async moveVersion(request, context) {
      await door.requireService(context)
      const command = { ...commandOf(request), ...belongingOf(request) }
      const { imageId, imageUid } = await moveVersion(dependencies, command)
      return { imageId, imageUid }
    },
  }
}

interface OrderedRequest {
  readonly versionId: string
  readonly epoch: bigint
  readonly opSeq: bigint
}

const commandOf = ({ versionId, epoch, opSeq }: OrderedRequest): VersionCommand => ({
  versionId: parseVersionId(versionId),
  epoch: sizeFromProto('epoch', epoch),
  opSeq: sizeFromProto('op_seq', opSeq),
})

const belongingOf = (request: { readonly imageId: string; readonly imageUid: string }): Belonging => ({
  imageId: parseImageId(request.imageId),
  imageUid: parseUid(request.imageUid),
})

const trashNameOf = ({ trashName }: { readonly trashName: string }) =>
  trashName === '' ? {} : { trashName: parseTrashName(trashName) }

function wishOf({
  time,
  actor,
}: {
  readonly time?: Date | undefined
  readonly actor?: catalog.Actor | undefined
}) {
  if (!time) throw new DomainError('INVALID_FIELD', 'time: expected one, found none', { field: 'time' })
  return { time: time.toISOString(), ...(actor && { actor: `${actor.kind} ${actor.name}`.trim() }) }
}
