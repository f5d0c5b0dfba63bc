import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/confirm-command.ts',
  ['services/catalog/test/claims-and-leases', 'services/catalog/test/jobs', 'services/catalog/test/uploads'],
  [
    {
      id: 'end-confirmed-without-a-claim',
      law: 4,
      from: 'const version = await lockVersion(trx, versionId)\n  const job = await holdClaim(trx, claim)',
      to: 'const version = await lockVersion(trx, versionId)\n  const job = { jobId: claim.jobId }',
      meaning: 'a worker that lost its job confirms an end',
    },
    {
      id: 'order-conflict-raises-no-epoch',
      law: 4,
      from: '    await raiseEpochAbove(trx, conflictingEpoch)\n',
      to: '',
      suites: ['services/catalog/test/staged-again'],
      meaning: 'a database that was put back gives out the same places for ever',
    },
    {
      id: 'late-end-of-a-sealed-version',
      law: 4,
      from: "if (outcome !== 'SEALED' && version.lifecycle === 'UPLOADING')",
      to: "if (outcome !== 'SEALED')",
      suites: ['services/catalog/test/staged-again'],
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
