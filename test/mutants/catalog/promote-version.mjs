import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/promote-version.ts',
  ['services/catalog/test/primary'],
  [
    {
      id: 'promotion-ignores-its-expectation',
      law: 5,
      from: 'assertPrimaryIs(image, promotion.expected)',
      to: '',
      meaning: 'of two promotions with the same expectation both win',
    },
    {
      id: 'promotion-without-conditions',
      law: 5,
      from: 'assertPromotable(candidate, promotion)',
      to: '',
      meaning: 'anything becomes primary',
    },
    {
      id: 'promotion-of-the-primary-moves',
      law: 5,
      from: 'if (image.primaryVersionId === candidate.versionId) {',
      to: "if (image.primaryVersionId === '') {",
      meaning: 'promoting what is primary already is kept as a move',
    },
  ],
)
