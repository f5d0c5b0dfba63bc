import { inField, lifecycleWords, sha256FromProto, type catalog, type storage } from '@goldkeep/contracts'
import { DomainError, parseChangeId, parseImageId, parseUid, parseVersionId } from '@goldkeep/domain'
import { endUpload, type EndDependencies } from '../operations/end-upload.js'
import type { VersionLooks } from '../operations/version-looks.js'
import type { Door } from './authorize.js'
import type { PublishedRecord } from '../store/publication.js'
import { sizeFromProto } from './sizes.js'
import { versionCommands, type VersionCommandDependencies } from './version-commands.js'

export type AdminDependencies = EndDependencies &
  VersionCommandDependencies & { readonly looks: VersionLooks }

/** Commands of the catalog, brought by workers. */
export function versionAdminService(
  door: Door,
  dependencies: AdminDependencies,
): storage.VersionAdminServiceImplementation {
  const { store, publications, looks } = dependencies
  return {
    ...versionCommands(door, dependencies),

    async endUpload(request, context) {
      await door.requireService(context)
      const outcome = lifecycleWords.fromProto(request.outcome)
      if (outcome !== 'ABORTED' && outcome !== 'EXPIRED')
        throw new DomainError('INVALID_FIELD', `outcome: expected ABORTED or EXPIRED, found ${outcome}`, {
          field: 'outcome',
        })
      const order = {
        epoch: sizeFromProto('epoch', request.epoch),
        opSeq: sizeFromProto('op_seq', request.opSeq),
      }
      const idleMs = sizeFromProto('idle_seconds', request.idleSeconds) * 1000
      const versionId = parseVersionId(request.versionId)
      const decided = await endUpload(dependencies, { versionId, outcome, order, idleMs })
      return { outcome: lifecycleWords.toProto(decided) }
    },

    async publish(request, context) {
      await door.requireService(context)
      const imageId = parseImageId(request.imageId)
      const publication = {
        imageId,
        imageUid: parseUid(request.imageUid),
        epoch: sizeFromProto('epoch', request.epoch),
        generation: sizeFromProto('generation', request.generation),
        records: request.records.map((record) => inField('records', () => decodeRecord(record))),
        bases: request.bases.map((base) => sha256FromProto(base, 'bases')),
        allowAbsent: request.allowAbsent,
        primaryElsewhere: request.primaryElsewhere,
        ...(request.document.length > 0 && { document: request.document }),
        ...(request.primaryVersionId && { primary: parseVersionId(request.primaryVersionId) }),
      }
      const generation = await publications.run(imageId, () => store.publish(publication))
      // The link stays where it was while the primary's bytes are not here; the catalog is told.
      if (publication.document && publication.primary)
        looks.examine(publication.primary, imageId).catch(() => {})
      return { generation: BigInt(generation) }
    },
  }
}

function decodeRecord({ subject, document: bytes }: catalog.PublishedRecord): PublishedRecord {
  if (subject?.$case === 'versionId') return { versionId: parseVersionId(subject.value), bytes }
  if (subject?.$case === 'changeId') return { changeId: parseChangeId(subject.value), bytes }
  throw new DomainError('INVALID_FIELD', 'subject: expected a version_id or a change_id, found neither', {
    field: 'subject',
  })
}
