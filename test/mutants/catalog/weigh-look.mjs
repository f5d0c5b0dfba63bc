import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/domain/weigh-look.ts',
  ['services/catalog/src/domain/weigh-look'],
  [
    {
      id: 'damage-forgotten-by-a-look',
      law: 5,
      from: "presence: wasDamaged ? 'DAMAGED' : 'PRESENT'",
      to: "presence: 'PRESENT'",
      meaning: 'damaged bytes count as whole because the sizes of the files are right',
    },
    {
      id: 'changed-files-believed',
      law: 5,
      from: 'isDoubted: wasLookedWrong || (isChanged && (wasAway || !isFirst))',
      to: 'isDoubted: wasLookedWrong',
      meaning: 'a file that was replaced by one of the same size is not examined',
    },
    {
      id: 'place-not-compared',
      law: 12,
      from: 'if (look.imageId !== imageId) {',
      to: 'if (!look.imageId) {',
      meaning:
        'a version in another image’s directory counts as present, and nobody can read it where the orders say',
    },
  ],
)
