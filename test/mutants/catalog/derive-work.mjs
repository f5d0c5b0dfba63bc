import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/derive-work.ts',
  ['services/catalog/test/jobs', 'services/catalog/test/outbox', 'services/catalog/test/versions'],
  [
    {
      id: 'validation-of-what-is-not-sealed',
      law: 4,
      from: ".where('versions.lifecycle', '=', 'SEALED')\n",
      to: '\n',
      suites: ['services/catalog/test/claims-and-leases'],
      meaning: 'a worker examines a version that is trashed',
    },
    {
      id: 'validation-of-what-is-judged',
      law: 11,
      from: "where.or([where('versions.verdict', '=', 'PENDING'), where('locations.doubtedAt', 'is not', null)])",
      to: "where('versions.lifecycle', '=', 'SEALED')",
      suites: [
        'services/catalog/test/claims-and-leases',
        'services/catalog/test/jobs',
        'services/catalog/test/versions',
      ],
      meaning: 'a version that is judged is examined again',
    },
    {
      id: 'expiry-that-does-not-ask',
      law: 3,
      from: "idleMs: row.pendingOutcome === 'EXPIRED' ? times.uploadExpiryMs : 0",
      to: 'idleMs: 0',
      suites: ['services/catalog/test/claims-and-leases', 'services/catalog/test/uploads'],
      meaning: 'an upload that came back to life is ended as expired',
    },
  ],
)
