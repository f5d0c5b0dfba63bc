import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/confirm-publication.ts',
  [
    'services/catalog/test/publications',
    'services/catalog/test/claims-and-leases',
    'services/catalog/test/jobs',
  ],
  [
    {
      id: 'publication-confirmed-without-a-claim',
      law: 4,
      from: 'const job = await holdClaim(trx, claim)\n  const row',
      to: "const job = { jobId: claim.jobId, kind: 'publish', attempts: 1 } as never as Awaited<ReturnType<typeof holdClaim>>\n  const row",
      meaning: 'a worker that lost its job confirms a publication',
    },
    {
      id: 'overtaken-publication-ends',
      law: 12,
      from: 'if (published >= row.wantedGeneration) return finishJob',
      to: 'if (published >= 0) return finishJob',
      meaning: 'what changed while it was published is not published',
    },
    {
      id: 'part-of-an-earlier-epoch-counts',
      law: 12,
      from: 'if (part?.epoch !== (await getHouse(trx)).epoch) return publishedGeneration',
      to: 'if (!part) return publishedGeneration',
      meaning: 'a publication that was begun before the epoch was raised ends the job',
    },
    {
      id: 'unknown-document-taken-for-an-old-one',
      law: 12,
      from: 'if (isForeign && epoch >= house.epoch) await raiseEpochAbove(trx, epoch)',
      to: '',
      meaning: 'a database that was put back goes on giving out the numbers of the volume',
    },
    {
      id: 'known-document-taken-for-another-database',
      law: 12,
      from: 'const isForeign = sha256 !== undefined && !row.formerDigests.includes(sha256)',
      to: 'const isForeign = sha256 !== undefined',
      meaning: 'a volume that was put back has every image published whole',
    },
    {
      id: 'own-attempt-taken-for-another-database',
      law: 12,
      from: 'if (sha256 !== undefined && row.attempts.includes(sha256)) {',
      to: 'if (sha256 === row.imageUid) {',
      meaning: 'a lost answer raises the epoch',
    },
    {
      id: 'number-given-twice',
      law: 12,
      from: 'if (isForeign) await leaveNumbersBelow(trx, row.imageUid, nextNumber)',
      to: '',
      meaning: 'a number that a version had is given to another after the database was put back',
    },
  ],
)
