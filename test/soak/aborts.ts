import { catalog } from '@goldkeep/contracts'
import { isDomainError, parseFilePath, schemaPath, type VersionId } from '@goldkeep/domain'
import { setTimeout as delay } from 'node:timers/promises'
import type { KnownUpload } from '../../services/storage/test/support/ledger.js'
import { newVersion, schema } from '../../services/storage/test/support/test-house.js'
import {
  contentOf,
  openSession,
  type Content,
  type StorageSession,
} from '../faults/support/storage-session.js'
import { isBeforeRepair, untilAnswered } from './order.js'
import { images, type Soak } from './shared.js'

const first = parseFilePath('hd0/part1.winpe.wim')
const second = 'hd0/part2.winpe.wim'
const { Lifecycle } = catalog

/** Begins uploads and ends them, some in the instant in which they are sealed, until it is over. */
export async function keepAborting(shared: Soak): Promise<void> {
  const { ledger, random, counts, over, real, address } = shared
  while (!over.aborted) {
    const versionId = newVersion()
    const content = contentOf(Math.ceil(random() * 400_000), `aborted ${versionId}`)
    const upload: KnownUpload = { files: new Map(), restarting: new Set(), may: new Set(['ABSENT', 'OPEN']) }
    ledger.uploads.set(versionId, upload)
    const session = openSession(real, versionId, { address })
    try {
      await begin(session, upload, content, random() < 0.4)
      upload.may = new Set(['OPEN', 'SEALED', 'ENDED'])
      const files = new Map([
        [schemaPath, schema],
        [first, content.whole()],
      ])
      const image = new Set(images.slice(0, 1).map(({ imageId }) => imageId))
      ledger.versions.set(versionId, { images: image, files, may: new Set(['nowhere', 'versions']) })
      const sealing = random() < 0.5 ? sealed(session, content) : Promise.resolve(false)
      await delay(random() * 20)
      const outcome = await end(shared, versionId)
      const isSealed = await sealing
      settle(shared, versionId, outcome, isSealed)
      if (outcome !== 'SEALED' && (await sealed(session, content)))
        throw new Error(`upload ${versionId} was answered as ${outcome} and could be sealed afterwards`)
      counts[outcome === 'SEALED' ? 'sealed' : 'aborted'] += 1
    } catch (error) {
      // Storage was away for longer than the client has patience; the next upload is another.
      if (!isDomainError(error) || error.kind !== 'unavailable') throw error
    } finally {
      session.close()
    }
  }
}

async function begin(
  session: StorageSession,
  upload: KnownUpload,
  content: Content,
  producerFails: boolean,
): Promise<void> {
  await session.open()
  upload.may = new Set(['OPEN'])
  await session.write(first, content)
  if (!producerFails) return
  const failure = new Error('the producer is made to fail')
  const onPiece = () => Promise.reject(failure)
  await session.write(second, content, { onPiece }).catch((error: unknown) => {
    if (error !== failure) throw error
  })
}

/** Whether a seal was answered as done. */
async function sealed(session: StorageSession, content: Content): Promise<boolean> {
  try {
    await session.seal({ [first]: content })
    return true
  } catch (error) {
    if (isDomainError(error) && refusals.has(error.reason)) return false
    throw error
  }
}

/** Of a seal whose upload has ended, or of which one file was begun and has failed. */
const refusals: ReadonlySet<string> = new Set(['UPLOAD_ENDED', 'EXTRA_STAGED_FILES'])

async function end(shared: Soak, versionId: VersionId): Promise<'SEALED' | 'ABORTED'> {
  let order = { versionId, ...shared.orders.next(versionId), idleSeconds: 0n }
  for (;;)
    try {
      const abort = { ...order, outcome: Lifecycle.LIFECYCLE_ABORTED }
      const { outcome } = await untilAnswered(shared, ({ admin }) => admin.endUpload(abort))
      return outcome === Lifecycle.LIFECYCLE_SEALED ? 'SEALED' : 'ABORTED'
    } catch (error) {
      if (isBeforeRepair(shared, order, error)) order = { ...order, ...shared.orders.next(versionId) }
      // A stream that was cut is there until storage notices.
      else if (!isDomainError(error, 'UPLOAD_BUSY')) throw error
      await delay(20)
    }
}

function settle(
  { ledger }: Soak,
  versionId: VersionId,
  outcome: 'SEALED' | 'ABORTED',
  isSealed: boolean,
): void {
  if (isSealed && outcome !== 'SEALED')
    throw new Error(`upload ${versionId} was sealed, and answered as ${outcome}`)
  const upload = ledger.uploads.get(versionId)
  const version = ledger.versions.get(versionId)
  if (!upload || !version) throw new Error(`the soak lost ${versionId}`)
  upload.may = new Set([outcome === 'SEALED' ? 'SEALED' : 'ENDED'])
  version.may = new Set([outcome === 'SEALED' ? 'versions' : 'nowhere'])
}
