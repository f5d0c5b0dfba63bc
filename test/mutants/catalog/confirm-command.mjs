import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/confirm-command.ts',
  ['services/catalog/test/claims-and-leases', 'services/catalog/test/jobs', 'services/catalog/test/uploads'],
  [
    {
      id: 'publication-confirmed-without-a-claim',
      law: 4,
      from: 'const image = await lockImageByUid(trx, imageUid)\n  const job = await holdClaim(trx, claim)',
      to: "const image = await lockImageByUid(trx, imageUid)\n  const job = { jobId: claim.jobId, kind: 'publish' } as never as JobRow",
      meaning: 'a worker that lost its job confirms a publication',
    },
    {
      id: 'published-generation-goes-back',
      law: 12,
      from: 'Math.max(image.publishedGeneration, Math.min(generation, image.generation))',
      to: 'Math.min(generation, image.generation)',
      meaning: 'a late confirmation takes back what is published',
    },
    {
      id: 'overtaken-publication-ends',
      law: 12,
      from: 'if (published === image.generation) return finishJob',
      to: 'if (published >= 0) return finishJob',
      meaning: 'what changed while it was published is not published',
    },
    {
      id: 'end-confirmed-without-a-claim',
      law: 4,
      from: 'const version = await lockVersion(trx, versionId)\n  const job = await holdClaim(trx, claim)',
      to: 'const version = await lockVersion(trx, versionId)\n  const job = { jobId: claim.jobId }',
      meaning: 'a worker that lost its job confirms an end',
    },
    {
      id: 'late-end-of-a-sealed-version',
      law: 4,
      from: "if (version.lifecycle === 'UPLOADING') await recordEnded",
      to: 'await recordEnded',
      suites: ['services/catalog/test/uploads'],
      meaning: 'a late end fails for ever after the seal came first',
    },
    {
      id: 'lost-end-stays-pending',
      law: 11,
      from: '.set({ ...nothingPending, revision: sql`revision + 1` })',
      to: '.set({ revision: sql`revision + 1` })',
      suites: ['services/catalog/test/uploads'],
      meaning: 'an end that found the upload sealed is ordered for ever',
    },
  ],
)
