import { answerInParts, catalog, findingFromProto, lifecycleWords, verdictWords } from '@goldkeep/contracts'
import { DomainError, type UploadEnd } from '@goldkeep/domain'
import type { Kysely } from 'kysely'
import type { LookQuestions } from '../background/look-questions.js'
import type { Times } from '../domain/times.js'
import type { DB } from '../db/tables.js'
import { getVolume, volumeRetired } from '../db/volumes-queries.js'
import { noteWorkerClock } from '../db/workers-queries.js'
import { claimJob } from '../operations/claim-job.js'
import { compareCommands, comparePublications } from '../operations/compare-publications.js'
import { confirmCommand } from '../operations/confirm-command.js'
import { failJob } from '../operations/fail-job.js'
import { getTrust } from '../operations/get-trust.js'
import { renewClaim } from '../operations/hold-claim.js'
import { recordEnded } from '../operations/record-ended.js'
import { recordLooks } from '../operations/record-looks.js'
import { recordInventory } from '../operations/record-inventory.js'
import { recordSealed } from '../operations/record-sealed.js'
import { refuseRetired, refuseRival, registerVolume, requireInstance } from '../operations/register-volume.js'
import { reportFindings } from '../operations/report-findings.js'
import { decodeLook } from './decode-look.js'
import { collectInventory, decodeImage } from './collect-inventory.js'
import type { KnownCaller } from './door.js'
import { encodeClaim, leaseSeconds } from './encode-claim.js'
import { decodePageToken, encodePageToken } from './page.js'
import { takeProgress } from './take-progress.js'

/** The Coordination service: what the services of the house tell and ask. */
export function coordinationService(
  db: Kysely<DB>,
  times: Times,
  questions: LookQuestions,
): catalog.CoordinationServiceImplementation<KnownCaller> {
  const atomically = db.transaction()
  return {
    registerVolume: async (request) => {
      const { epoch, capacityBytes, freeBytes, ...rest } = request
      const volume = {
        ...rest,
        epoch: Number(epoch),
        capacityBytes: Number(capacityBytes),
        freeBytes: Number(freeBytes),
      }
      await refuseRetired(db, volume.volumeId)
      await refuseRival(db, volume)
      const house = await atomically.execute((trx) => registerVolume(trx, volume))
      return { ...house, epoch: BigInt(house.epoch) }
    },
    reportProgress: async (request, { signal }) => {
      await requireInstance(db, request.volumeId, request.instanceId)
      return takeProgress(db, request, times, signal)
    },
    recordSealed: async (request, { actor }) => {
      await getVolume(db, request.volumeId)
      await requireInstance(db, request.volumeId, request.instanceId)
      const image = request.image && decodeImage('image', request.image)
      const report = { ...request, image, findings: request.findings.map(findingFromProto) }
      return { number: await atomically.execute((trx) => recordSealed(trx, report, actor)) }
    },
    recordEnded: async ({ versionId, outcome }, { actor }) => {
      const end = decodeEnd(outcome)
      await atomically.execute((trx) => recordEnded(trx, versionId, end, actor))
      return {}
    },
    async *recordInventory(batches) {
      const { volumeId, images, unreadImages, commands, ...look } = await collectInventory(batches)
      const volume = await getVolume(db, volumeId)
      if (volume.retiredAt) throw volumeRetired(volume)
      await atomically.execute((trx) => compareCommands(trx, commands))
      await atomically.execute((trx) => comparePublications(trx, volumeId, images, unreadImages))
      const answer = await atomically.execute((trx) => recordInventory(trx, volumeId, look))
      yield* answerInParts({
        unrecordedVersionIds: [...answer.unrecorded],
        unknownVersionIds: [...answer.unknown],
        missingVersionIds: [...answer.missing],
        conflictingVersionIds: [...answer.conflicting],
      })
    },
    awaitLooks: async ({ volumeId, instanceId }, { signal }) => {
      await requireInstance(db, volumeId, instanceId)
      return { looks: await questions.next(volumeId, signal) }
    },
    reportVersions: async ({ volumeId, instanceId, lookedAt }) => {
      await requireInstance(db, volumeId, instanceId)
      const looks = lookedAt.map(decodeLook)
      await atomically.execute((trx) => recordLooks(trx, volumeId, looks))
      return {}
    },
    claimJob: async ({ jobId, clockTime, ...claimant }) => {
      await noteWorkerClock(db, claimant.workerId, clockTime)
      return encodeClaim(await atomically.execute((trx) => claimJob(trx, jobId, claimant, times)))
    },
    renewClaim: async (claim) => {
      await atomically.execute((trx) => renewClaim(trx, claim, times))
      return { leaseSeconds: leaseSeconds(times.claimLeaseMs) }
    },
    reportFindings: async (request) => {
      const findings = request.findings.map(findingFromProto)
      const verdict = await atomically.execute((trx) =>
        reportFindings(trx, request, request, findings, times),
      )
      return { verdict: verdictWords.toProto(verdict) }
    },
    confirmCommand: async (request, { actor }) => {
      const confirmation = {
        outcome: lifecycleWords.fromProto(request.outcome),
        found: request.found && decodeImage('found', request.found),
        conflictingEpoch: Number(request.conflictingEpoch),
      }
      await atomically.execute((trx) => confirmCommand(trx, request, confirmation, actor))
      return {}
    },
    failJob: async ({ error, permanent, ...claim }) => {
      await atomically.execute((trx) => failJob(trx, claim, { error, permanent }, times))
      return {}
    },
    getTrust: async ({ pageToken }) => {
      const trust = await getTrust(db, times.ticketLifetimeMs, decodePageToken(pageToken))
      const { keys, revocations, position, next, ...rest } = trust
      const nextPageToken = next === undefined ? '' : encodePageToken(next)
      return {
        ...rest,
        keys: [...keys],
        revocations: [...revocations],
        position: BigInt(position),
        nextPageToken,
      }
    },
  }
}

function decodeEnd(outcome: catalog.Lifecycle): UploadEnd {
  const word = lifecycleWords.fromProto(outcome)
  if (word === 'ABORTED' || word === 'EXPIRED') return word
  throw new DomainError('INVALID_FIELD', `outcome: expected ABORTED or EXPIRED, found ${word ?? 'none'}`, {
    field: 'outcome',
  })
}
