import { canonicalBytes, catalog, captureFromProto, presenceWords } from '@goldkeep/contracts'
import type { Kysely } from 'kysely'
import { getImage, listImages } from '../db/images-queries.js'
import { listPrimaryChanges } from '../db/primary-changes-queries.js'
import type { DB } from '../db/tables.js'
import { askStorage } from '../operations/ask-storage.js'
import { createImage } from '../operations/create-image.js'
import { getPrimary } from '../operations/get-primary.js'
import { promoteVersion } from '../operations/promote-version.js'
import { listRollbackTargets } from '../operations/list-rollback-targets.js'
import { rollbackPrimary } from '../operations/rollback-primary.js'
import { answerOnce } from './answer-once.js'
import type { KnownCaller } from './door.js'
import { encodeImage, encodePrimaryChange } from './encode-image.js'
import { decodeOrdinal, decodePageToken, readPage } from './page.js'

/** The Images service. */
export function imagesService(db: Kysely<DB>): catalog.ImagesServiceImplementation<KnownCaller> {
  return {
    create: (request, { actor }) => {
      const body = canonicalBytes(catalog.CreateImageRequest, request)
      const call = { method: 'Images.Create', requestId: request.requestId, body }
      const { environment, type } = captureFromProto(catalog.Capture.fromPartial(request))
      const image = { ...pick(request), environment, type }
      return answerOnce(db, call, catalog.Image, async (trx) =>
        encodeImage(await createImage(trx, image, actor)),
      )
    },
    get: async ({ imageId }) => encodeImage(await getImage(db, imageId)),
    list: async ({ pageSize, pageToken }) => {
      const read = (limit: number, after: string | undefined) => listImages(db, { limit, after })
      const page = await readPage(pageSize, decodePageToken(pageToken), {
        read,
        keyOf: (image) => image.imageId.toLowerCase(),
        encode: encodeImage,
        codec: catalog.Image,
      })
      return { images: page.items, nextPageToken: page.nextPageToken }
    },
    getPrimary: async ({ imageId }) => {
      const primary = await getPrimary(db, imageId)
      return { ...primary, presence: presenceWords.toProto(primary.presence) }
    },
    promote: async (request, { actor }) => {
      await askStorage(db, [request.versionId])
      const body = canonicalBytes(catalog.PromoteRequest, request)
      const call = { method: 'Images.Promote', requestId: request.requestId, body }
      const promotion = { ...request, expected: request.expectedPrimaryVersionId }
      return answerOnce(db, call, catalog.PromoteResponse, async (trx) => {
        const { image, change } = await promoteVersion(trx, promotion, actor)
        return { image: encodeImage(image), change: encodePrimaryChange(change, image.imageId) }
      })
    },
    rollback: async (request, { actor }) => {
      await askStorage(db, await listRollbackTargets(db, request))
      const body = canonicalBytes(catalog.RollbackRequest, request)
      const call = { method: 'Images.Rollback', requestId: request.requestId, body }
      const rollback = { ...request, expected: request.expectedPrimaryVersionId }
      return answerOnce(db, call, catalog.RollbackResponse, async (trx) => {
        const { image, change } = await rollbackPrimary(trx, rollback, actor)
        return { image: encodeImage(image), change: encodePrimaryChange(change, image.imageId) }
      })
    },
    listPrimaryChanges: async ({ imageId, pageSize, pageToken }) => {
      const image = await getImage(db, imageId)
      const read = (limit: number, before: number | undefined) =>
        listPrimaryChanges(db, image.uid, { limit, before })
      const page = await readPage(pageSize, decodeOrdinal(pageToken), {
        read,
        keyOf: (change) => change.changeId,
        encode: (change) => encodePrimaryChange(change, image.imageId),
        codec: catalog.PrimaryChange,
      })
      return { changes: page.items, nextPageToken: page.nextPageToken }
    },
  }
}

const pick = ({ imageId, description, labels }: catalog.CreateImageRequest) => ({
  imageId,
  description,
  labels,
})
