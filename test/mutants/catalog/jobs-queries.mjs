import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/db/jobs-queries.ts',
  ['services/catalog/test/outbox', 'services/catalog/test/jobs'],
  [
    {
      id: 'job-without-outbox',
      law: 11,
      from: 'if (job) await addToOutbox(trx, kind, job.jobId, 0)',
      to: '',
      meaning: 'the queue is not told of a job',
    },
    {
      id: 'call-for-a-job-does-not-wait',
      law: 11,
      from: "await findJobOf(trx, kind, subjectId, 'open').forShare().executeTakeFirst()",
      to: "await findJobOf(trx, kind, subjectId, 'open').executeTakeFirst()",
      meaning: 'a worker that finds nothing to do ends the job that was just called for',
    },
    {
      id: 'failed-job-stays-failed',
      law: 11,
      from: '(await reopenJob(trx, kind, subjectId)) ?? (await addJob(trx, kind, subjectId))',
      to: 'await addJob(trx, kind, subjectId)',
      meaning: 'a job that failed is not opened again',
    },
    {
      id: 'released-job-not-told',
      law: 11,
      from: '.execute()\n  await enqueueAgain(trx, job, delayMs)',
      to: '.execute()',
      suites: ['services/catalog/test/claims-and-leases'],
      meaning: 'a job that was given back is not told to the queue',
    },
    {
      id: 'released-job-stays-claimed',
      law: 11,
      from: '...{ claimToken: null, claimExpiresAt: null, runAfter: inMilliseconds(delayMs), lastError }',
      to: '...{ runAfter: inMilliseconds(delayMs), lastError }',
      meaning: 'a job that was given back is held until its lease ends',
    },
  ],
)
