import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/relay-outbox.ts',
  ['services/catalog/test/outbox'],
  [
    {
      id: 'outbox-relayed-at-once-by-two',
      law: 11,
      from: '.forUpdate()\n      .skipLocked()',
      to: '',
      meaning: 'two catalogs relay the same rows',
    },
    {
      id: 'outbox-relayed-early',
      law: 11,
      from: 'deliver_at <= now()',
      to: 'true',
      suites: ['services/catalog/test/outbox', 'services/catalog/test/jobs'],
      meaning: 'a job that is to wait is told at once',
    },
    {
      id: 'outbox-relayed-for-ever',
      law: 11,
      from: '.set({ relayedAt: sql`now()` })',
      to: '.set({ relayedAt: null })',
      meaning: 'what was told is told again and again',
    },
  ],
)
