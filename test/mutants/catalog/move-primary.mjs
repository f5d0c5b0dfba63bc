import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/move-primary.ts',
  ['services/catalog/test/primary'],
  [
    {
      id: 'expectation-ignored',
      law: 5,
      from: 'if (expected === undefined || expected === current) return',
      to: "if (expected === undefined || expected !== '\\0') return",
      meaning: 'a promotion that expects another primary moves the pointer',
    },
    {
      id: 'primary-of-another-image',
      law: 5,
      from: 'if (version.imageUid !== image.uid) throw',
      to: "if (version.imageUid === '') throw",
      meaning: 'a version of another image becomes primary',
    },
    {
      id: 'move-without-history',
      law: 5,
      from: 'const change = await addPrimaryChange(trx, move)',
      to: 'const change = { ...move, changeId: 0, changedAt: new Date() } as never',
      meaning: 'a move of the pointer is not kept',
    },
  ],
)
