import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/sweep-jobs.ts',
  ['services/catalog/test/outbox', 'services/catalog/test/jobs'],
  [
    {
      id: 'sweep-derives-no-validation',
      law: 11,
      from: "(await ensureEach(db, 'validate', unjudged)) +",
      to: '0 * unjudged.length +',
      meaning: 'a validation whose job is lost is never made',
    },
    {
      id: 'sweep-derives-no-publication',
      law: 11,
      from: "(await ensureEach(db, 'publish', unpublished)) +",
      to: '0 * unpublished.length +',
      suites: ['services/catalog/test/publications'],
      meaning: 'a publication whose job is lost is never made',
    },
    {
      id: 'sweep-derives-no-end',
      law: 11,
      from: "(await ensureEach(db, 'end-upload', unended))",
      to: '0 * unended.length',
      meaning: 'an abort whose job is lost is never carried out',
    },
    {
      id: 'sweep-derives-at-once-what-failed',
      law: 11,
      from: "jobs.state = 'open' or (jobs.state = 'failed' and ((jobs.kind = 'validate' and jobs.attempts > 0) or jobs.updated_at > now() - interval '1 hour'))",
      to: "jobs.state = 'open'",
      suites: ['services/catalog/test/claims-and-leases'],
      meaning: 'a job that failed for good is tried again by every sweep',
    },
    {
      id: 'sweep-puts-nothing-back',
      law: 11,
      from: 'await enqueueAgain(trx, job)\n      return true',
      to: 'return true',
      meaning: 'a job that the queue has lost is never told again',
    },
    {
      id: 'sweep-leaves-the-dead-worker-its-claim',
      law: 11,
      from: ".set({ claimToken: null, claimExpiresAt: null })\n        .where('jobId', '=', jobId)",
      to: ".set({ lastError: null })\n        .where('jobId', '=', jobId)",
      meaning: 'a claim that has lapsed keeps its token',
    },
    {
      id: 'sweep-puts-back-what-is-held',
      law: 4,
      from: 'when jobs.claim_expires_at is not null then jobs.claim_expires_at < now()',
      to: 'when jobs.claim_expires_at is not null then true',
      meaning: 'a job is taken from a worker that holds it',
    },
    {
      id: 'sweep-puts-back-what-was-just-told',
      law: 11,
      from: "else greatest(jobs.enqueued_at, jobs.run_after) < now() - ${requeueAfterMs} * interval '1 millisecond'",
      to: 'else ${requeueAfterMs}::float8 >= 0',
      meaning: 'a job is told to the queue by every sweep',
    },
  ],
)
