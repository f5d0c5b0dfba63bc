import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/worker/src/claims/work-under-claim.ts',
  ['services/worker/test/validate', 'services/worker/test/commands'],
  [
    {
      id: 'fault-not-told',
      law: 11,
      from: 'await giveUp(desk, held, held.signal.aborted ? held.signal.reason : error)',
      to: 'void giveUp',
      meaning: 'a job that could not be done is held until its lease ends',
    },
    {
      id: 'permanent-fault-repeated',
      law: 11,
      from: 'const permanent = fault instanceof PermanentFault',
      to: 'const permanent = fault === undefined',
      meaning: 'what no repetition mends is repeated for ever',
    },
    {
      id: 'lost-claim-fails-the-job',
      law: 4,
      from: "if (isDomainError(fault, 'CLAIM_LOST') || isDomainError(fault, 'JOB_NOT_FOUND')) {",
      to: "if (isDomainError(fault, 'JOB_NOT_FOUND')) {",
      equivalent: 'the catalog refuses the report of a lost claim, and the worker drops that refusal',
      meaning: 'a worker that lost its claim reports the job as failed',
    },
    {
      id: 'unheard-fault-forgotten',
      law: 11,
      from: "log.warn({ jobId, err: unheard }, 'the catalog could not be told')\n    throw fault",
      to: "log.warn({ jobId, err: unheard }, 'the catalog could not be told')",
      meaning: 'the queue does not try again what the catalog was not told of',
    },
  ],
)
