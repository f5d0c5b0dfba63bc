import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/report-findings.ts',
  ['services/catalog/test/findings', 'services/catalog/test/jobs'],
  [
    {
      id: 'findings-of-another-version',
      law: 5,
      from: "if (job.kind !== 'validate' || job.subjectId !== versionId)",
      to: "if (job.kind !== 'validate')",
      meaning: 'findings are accepted for another version than the job’s',
    },
    {
      id: 'findings-of-another-job',
      law: 5,
      from: "if (job.kind !== 'validate' || job.subjectId !== versionId)",
      to: 'if (job.subjectId !== versionId)',
      equivalent:
        'the subject of a publish is an image, and an end-upload’s is not sealed, so that its verdict stays',
      meaning: 'findings are accepted from a job that is no validation',
    },
    {
      id: 'undecided-validation-ends',
      law: 11,
      from: 'await tryAgainLater(trx, job, describeUndecided(findings), times)',
      to: 'await finishJob(trx, job.jobId)',
      meaning: 'a check that could not be judged is not tried again',
    },
    {
      id: 'verdict-of-what-is-not-sealed',
      law: 4,
      from: "if (version.lifecycle !== 'SEALED') return version.verdict",
      to: '',
      suites: ['services/catalog/test/claims-and-leases'],
      meaning: 'a verdict that comes late is kept for a version that is trashed',
    },
    {
      id: 'verdict-not-published',
      law: 12,
      from: 'await publishChange(trx, image.uid, { versionId })\n  return decision',
      to: 'return decision',
      meaning: 'the volume does not learn the verdict',
    },
    {
      id: 'damage-not-kept',
      law: 5,
      from: 'await keepPresence(trx, read, findings)',
      to: '',
      meaning: 'bytes that differ from the manifest are deployed',
    },
    {
      id: 'damage-on-every-volume',
      law: 5,
      from: ".where('volumeId', '=', volumeId)\n",
      to: '',
      meaning: 'what was read on one volume is believed of the bytes on every other',
    },
    {
      id: 'examined-bytes-not-missing',
      law: 5,
      from: ".where('presence', '<>', 'MISSING')",
      to: '',
      meaning: 'bytes that went missing while they were examined are present again',
    },
  ],
)
