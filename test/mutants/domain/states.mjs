import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'libs/domain/src/states.ts',
  ['libs/domain/src/states.test'],
  [
    {
      id: 'best-presence-shown',
      law: 5,
      from: 'presences.indexOf(one) > presences.indexOf(worst) ? one : worst',
      to: 'presences.indexOf(one) < presences.indexOf(worst) ? one : worst',
      meaning: 'a version with damaged bytes shows as present',
    },
    {
      id: 'nowhere-is-present',
      law: 5,
      from: "if (all.length === 0) return 'MISSING'",
      to: "if (all.length === 0) return 'PRESENT'",
      meaning: 'a version that is nowhere shows as present',
    },
  ],
)
