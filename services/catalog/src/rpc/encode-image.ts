import { catalog } from '@goldkeep/contracts'
import type { ImageView } from '../db/images-queries.js'
import type { PrimaryChangeView } from '../db/primary-changes-queries.js'
import { encodeActor } from './encode-common.js'

export const encodeImage = (image: ImageView): catalog.Image => ({
  imageId: image.imageId,
  uid: image.uid,
  description: image.description,
  labels: { ...image.labels },
  enabled: image.enabled,
  environment: image.environment,
  type: image.type,
  visible: image.visible,
  primaryVersionId: image.primaryVersionId ?? '',
  primaryNumber: image.primaryNumber ?? 0,
  generation: BigInt(image.generation),
  etag: String(image.revision),
  createTime: image.createdAt,
  updateTime: image.updatedAt,
  versionCount: image.sealedCount,
  latestNumber: image.nextNumber - 1,
  sizeBytes: BigInt(image.sealedBytes),
  legacyName: image.legacyName ?? '',
})

const changeKinds = {
  PROMOTE: catalog.PrimaryChangeKind.PRIMARY_CHANGE_KIND_PROMOTE,
  ROLLBACK: catalog.PrimaryChangeKind.PRIMARY_CHANGE_KIND_ROLLBACK,
  CLEAR: catalog.PrimaryChangeKind.PRIMARY_CHANGE_KIND_CLEAR,
} as const satisfies Record<PrimaryChangeView['kind'], catalog.PrimaryChangeKind>

export const encodePrimaryChange = (change: PrimaryChangeView, imageId: string): catalog.PrimaryChange => ({
  changeId: String(change.changeId),
  imageId,
  kind: changeKinds[change.kind],
  fromVersionId: change.fromVersionId ?? '',
  fromNumber: change.fromNumber ?? 0,
  toVersionId: change.toVersionId ?? '',
  toNumber: change.toNumber ?? 0,
  actor: encodeActor(change.actor),
  reason: change.reason,
  forced: change.forced,
  changeTime: change.changedAt,
})
