import type { Transaction } from 'kysely'
import { backoffMs } from '../domain/backoff.js'
import { leaveNumbersBelow, lockImageByUid } from '../db/images-queries.js'
import { getHouse, raiseEpochAbove } from '../db/house-queries.js'
import { finishJob, releaseJob } from '../db/jobs-queries.js'
import {
  changePublication,
  lockPublication,
  nothingSent,
  publicationOfSubject,
  type PublicationRow,
} from '../db/publications-queries.js'
import type { DB } from '../db/tables.js'
import { holdClaim, type ClaimProof } from './hold-claim.js'

/** Digests of earlier publications that are remembered, by which a volume put back from a copy is known. */
const mostFormer = 20

/** An image.json as a volume has it. */
export interface HeldImage {
  readonly imageId: string
  readonly imageUid: string
  readonly epoch: number
  readonly generation: number
  /** Hex; absent: there is none. */
  readonly sha256: string | undefined
  /** 0: it does not say. */
  readonly nextNumber: number
  readonly isDeleted: boolean
}

/**
 * Takes what became of a part of a publication, and goes on with the next.
 * @param found what is on the volume, when that was none of what the catalog believes
 * @throws DomainError JOB_NOT_FOUND, CLAIM_LOST
 */
export async function confirmPublication(
  trx: Transaction<DB>,
  claim: ClaimProof,
  subject: string,
  found: HeldImage | undefined,
): Promise<void> {
  const key = publicationOfSubject(subject)
  await lockImageByUid(trx, key.imageUid)
  const job = await holdClaim(trx, claim)
  const row = await lockPublication(trx, key)
  if (!row) return finishJob(trx, job.jobId)
  const published = found ? await takeFound(trx, row, found) : await takePart(trx, row)
  if (published >= row.wantedGeneration) return finishJob(trx, job.jobId)
  // A volume that is not what it was believed to be is not asked again at once, for ever.
  await releaseJob(trx, job, found ? backoffMs(job.attempts) : 0, '')
}

/** @returns the generation that is published now; 0: unknown */
async function takePart(trx: Transaction<DB>, row: PublicationRow): Promise<number> {
  const { part, publishedGeneration } = row
  // The epoch was raised since, or while it was given out: what was sent does not count.
  if (part?.epoch !== (await getHouse(trx)).epoch) return publishedGeneration
  const { final, epoch: _epoch, ...sent } = part
  await changePublication(trx, row, { ...sent, part: null })
  if (!final) return publishedGeneration
  await changePublication(trx, row, {
    publishedGeneration: final.generation,
    baseDigest: final.sha256,
    formerDigests: withFormer(row),
    attempts: [],
  })
  return final.generation
}

const withFormer = ({ baseDigest, formerDigests }: PublicationRow): string[] =>
  baseDigest === null ? formerDigests : [baseDigest, ...formerDigests].slice(0, mostFormer)

/** Whether this database, as it is now, knows of having given out an image.json. */
export function wasMadeHere(
  { baseDigest, attempts, formerDigests }: Pick<PublicationRow, 'baseDigest' | 'attempts' | 'formerDigests'>,
  sha256: string,
): boolean {
  return sha256 === baseDigest || attempts.includes(sha256) || formerDigests.includes(sha256)
}

/**
 * Compares an image.json that a volume has with what was published there. One that this database never
 * published was written by a later state of it than it is in now: the epoch is raised, so that its orders
 * count again. Then, and for one that is older than the last, all is published once more.
 * @returns the generation that is published now; 0: none
 */
export async function takeFound(
  trx: Transaction<DB>,
  row: PublicationRow,
  { epoch, generation, sha256, nextNumber }: HeldImage,
): Promise<number> {
  const house = await getHouse(trx)
  if (sha256 === row.baseDigest) return row.publishedGeneration
  if (sha256 !== undefined && row.attempts.includes(sha256)) {
    const published = epoch === house.epoch ? generation : 0
    await changePublication(trx, row, {
      publishedGeneration: Math.max(published, row.publishedGeneration),
      baseDigest: sha256,
      formerDigests: withFormer(row),
      attempts: row.attempts.filter((attempt) => attempt !== sha256),
    })
    return Math.max(published, row.publishedGeneration)
  }
  const isForeign = sha256 !== undefined && !row.formerDigests.includes(sha256)
  if (isForeign) await leaveNumbersBelow(trx, row.imageUid, nextNumber)
  if (isForeign && epoch >= house.epoch) await raiseEpochAbove(trx, epoch)
  await changePublication(trx, row, {
    ...nothingSent,
    baseDigest: sha256 ?? null,
    // What is on the volume may have been looked at before the last publication came.
    attempts: row.baseDigest === null ? row.attempts : [...row.attempts, row.baseDigest],
  })
  return 0
}
