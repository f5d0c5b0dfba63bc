import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/request-upload-end.ts',
  ['services/catalog/test/uploads'],
  [
    {
      id: 'end-takes-no-number',
      law: 4,
      from: 'opSeq: version.opSeq + 1,\n',
      to: '',
      meaning: 'two commands about a version have the same number',
    },
    {
      id: 'end-of-what-has-ended',
      law: 4,
      from: "if (version.lifecycle !== 'UPLOADING' || !outweighs(outcome, version.pendingOutcome)) return",
      to: 'if (!outweighs(outcome, version.pendingOutcome)) return',
      meaning: 'a sealed version is ordered to be aborted',
    },
    {
      id: 'expiry-replaces-an-abort',
      law: 4,
      from: "pending === null || (pending === 'EXPIRED' && outcome === 'ABORTED')",
      to: 'pending === null || pending !== outcome',
      suites: ['services/catalog/test/claims-and-leases'],
      meaning: 'a person’s abort becomes an expiry, which bytes withdraw',
    },
    {
      id: 'abort-without-a-job',
      law: 11,
      from: "await ensureJob(trx, 'end-upload', version.versionId)",
      to: '',
      suites: ['services/catalog/test/uploads', 'services/catalog/test/outbox'],
      meaning: 'nobody carries out an abort before the next sweep',
    },
  ],
)
