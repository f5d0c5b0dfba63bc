import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/claim-job.ts',
  ['services/catalog/test/claims-and-leases', 'services/catalog/test/jobs', 'services/catalog/test/outbox'],
  [
    {
      id: 'job-held-by-two',
      law: 4,
      from: "if (await isHeld(trx, jobId)) return { refusal: 'HELD' }",
      to: '',
      meaning: 'two workers do one job at a time',
    },
    {
      id: 'claim-of-what-is-done',
      law: 4,
      from: "if (!job || job.state !== 'open') return { refusal: 'DONE' }",
      to: "if (!job) return { refusal: 'DONE' }",
      meaning: 'a job that is done is done once more',
    },
    {
      id: 'job-without-work-stays-open',
      law: 11,
      from: "await finishJob(trx, jobId)\n    return { refusal: 'DONE' }",
      to: "return { refusal: 'DONE' }",
      meaning: 'a job with nothing left to do comes back for ever',
    },
    {
      id: 'wims-without-wimlib',
      law: 5,
      from: "if (work.needsWimlib && !capabilities.includes('wimlib')) return 'has no wimlib-imagex'",
      to: '',
      meaning: 'a worker that cannot check WIM files checks them',
    },
    {
      id: 'incapable-worker-ends-the-job',
      law: 11,
      from: 'await enqueueAgain(trx, job, incapableDelayMs)',
      to: '',
      meaning: 'a job that a worker could not do is not told to the queue again',
    },
    {
      id: 'lack-of-every-worker-not-told',
      law: 11,
      from: 'if (job.attempts === 0) await noteLack(trx, jobId, `worker ${claimant.workerId} ${lack}`)',
      to: '',
      suites: ['services/catalog/test/waiting-validations'],
      meaning: 'a version that no worker can judge stays PENDING without a word',
    },
    {
      id: 'claims-share-a-token',
      law: 4,
      from: 'const claimToken = randomUUID()',
      to: "const claimToken = '00000000-0000-4000-8000-000000000000'",
      meaning: 'a worker that lost its job reports with the token of the next one',
    },
  ],
)
