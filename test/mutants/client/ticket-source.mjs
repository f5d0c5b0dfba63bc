import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'libs/client/src/ticket-source.ts',
  ['libs/client/src/ticket-source.test'],
  [
    {
      id: 'ticket-used-to-its-end',
      law: 9,
      from: 'if (leftSeconds > renewBeforeSeconds) return held.access',
      to: 'if (leftSeconds > 0) return held.access',
      meaning: 'a ticket expires on its way',
    },
    {
      id: 'catalog-away-ends-transfers',
      law: 9,
      from: 'if (away && leftSeconds > 0) return access',
      to: '',
      meaning: 'what has begun ends when the catalog is away',
    },
    {
      id: 'expired-ticket-used',
      law: 9,
      from: 'if (away && leftSeconds > 0) return access',
      to: 'if (away) return access',
      meaning: 'a ticket is used that has expired',
    },
  ],
)
