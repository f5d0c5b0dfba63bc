import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/domain/rollback.ts',
  ['services/catalog/src/domain/rollback.test'],
  [
    {
      id: 'rollback-to-the-present-primary',
      law: 5,
      from: 'return stack.filter((version) => version !== current).reverse()',
      to: 'return stack.reverse()',
      suites: ['services/catalog/src/domain/rollback.test', 'services/catalog/test/primary'],
      meaning: 'a rollback may go to where it is',
    },
    {
      id: 'rollback-to-the-oldest',
      law: 5,
      from: '.filter((version) => version !== current).reverse()',
      to: '.filter((version) => version !== current)',
      meaning: 'a rollback goes to the first primary that there ever was',
    },
    {
      id: 'second-rollback-comes-back',
      law: 5,
      from: "if (kind === 'ROLLBACK' && place >= 0) return stack.slice(0, place + 1)",
      to: '',
      meaning: 'a second rollback goes to the version that was just left',
    },
    {
      id: 'clear-keeps-the-top',
      law: 5,
      from: 'if (to === null) return stack.slice(0, -1)',
      to: 'if (to === null) return [...stack]',
      meaning: 'a rollback after a clear goes to what was cleared',
    },
    {
      id: 'promoted-twice-counts-twice',
      law: 5,
      from: 'return [...stack.filter((version) => version !== to), to]',
      to: 'return [...stack, to]',
      meaning: 'a version that was promoted twice is gone back to twice',
    },
  ],
)
