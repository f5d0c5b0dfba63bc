import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/worker/src/operations/publish-image.ts',
  ['services/worker/test/commands'],
  [
    {
      id: 'conflict-not-told',
      law: 12,
      from: "if (isDomainError(error, 'PUBLICATION_CONFLICT')) return foundOf(error, work)",
      to: '',
      meaning: 'the catalog never learns that its database is older than the volume',
    },
    {
      id: 'volume-ahead-not-told',
      law: 12,
      from: 'if (isAhead) return foundOf(error, work)',
      to: '',
      meaning: 'the catalog never learns that a volume is ahead of it',
    },
  ],
)
