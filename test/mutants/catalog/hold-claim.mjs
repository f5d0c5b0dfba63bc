import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/hold-claim.ts',
  ['services/catalog/test/jobs', 'services/catalog/test/outbox'],
  [
    {
      id: 'claim-of-any-token',
      law: 4,
      from: ".where('claimToken', '=', claim.claimToken)",
      to: '',
      meaning: 'a worker that lost its job reports on it',
    },
    {
      id: 'lapsed-claim-holds',
      law: 4,
      from: ".where('claimExpiresAt', '>', sql<Date>`now()`)",
      to: '',
      meaning: 'a claim that has lapsed is accepted with the right token',
    },
    {
      id: 'claim-of-a-job-that-is-done',
      law: 4,
      from: ".where('state', '=', 'open')\n",
      to: '\n',
      equivalent:
        'a job that is done or has failed has neither token nor time: both are taken away with its state',
      meaning: 'a claim of a job that is done is accepted',
    },
    {
      id: 'renewal-without-a-claim',
      law: 4,
      from: 'await holdClaim(trx, claim)\n  await trx',
      to: 'await trx',
      meaning: 'a worker that lost its job renews its claim',
    },
  ],
)
