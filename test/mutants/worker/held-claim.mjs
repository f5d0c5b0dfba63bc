import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/worker/src/claims/held-claim.ts',
  ['services/worker/test/validate', 'services/worker/test/commands'],
  [
    {
      id: 'claim-never-renewed',
      law: 4,
      from: 'renewLater(claim.leaseSeconds)\n\n',
      to: 'void renewLater\n\n',
      meaning: 'work that takes longer than a lease is done by two',
    },
    {
      id: 'lost-claim-goes-on',
      law: 4,
      from: 'if (isLost(error)) lost.abort(error)',
      to: 'if (isLost(error)) void lost',
      meaning: 'a worker that lost its claim goes on with the work',
    },
    {
      id: 'report-given-up-at-once',
      law: 11,
      from: 'if (isAnswer(error) || performance.now() > until) throw error',
      to: 'throw error',
      meaning: 'a report is lost when the catalog is away for a moment',
    },
    {
      id: 'answer-taken-for-silence',
      law: 4,
      from: 'if (isAnswer(error) || performance.now() > until) throw error',
      to: 'if (performance.now() > until) throw error',
      meaning: 'a report that was refused is sent again and again',
    },
    {
      id: 'released-claim-renewed',
      law: 4,
      from: 'released = true\n      clearTimeout(timer)',
      to: 'void timer',
      meaning: 'a job that is given up is held for another lease',
    },
  ],
)
