import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/db/images-queries.ts',
  ['services/catalog/test/publications'],
  [
    {
      id: 'numbers-above-the-volume-change',
      law: 12,
      from: 'and manifest_digest is null and number < ${seen}',
      to: 'and manifest_digest is null',
      meaning: 'numbers that no other version can have are changed as well',
    },
    {
      id: 'sealed-numbers-change',
      law: 12,
      from: 'and manifest_digest is null and number < ${seen}',
      to: 'and number < ${seen}',
      meaning: 'a sealed version gets another number',
    },
    {
      id: 'numbers-from-below-those-given-out',
      law: 12,
      from: 'const from = Math.max(nextNumber, seen)',
      to: 'const from = seen',
      meaning: 'a number that this database gave out since is given out again',
    },
  ],
)
