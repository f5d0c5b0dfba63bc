import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/sweep.ts',
  ['services/catalog/test/outbox'],
  [
    {
      id: 'two-catalogs-sweep',
      law: 11,
      from: 'if (!rows[0]?.isMine) return undefined',
      to: '',
      meaning: 'several catalogs sweep at a time',
    },
  ],
)
