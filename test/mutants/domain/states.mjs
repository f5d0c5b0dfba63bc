import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'libs/domain/src/states.ts',
  ['libs/domain/src/states.test'],
  [
    {
      id: 'worst-presence-shown',
      law: 5,
      from: 'presences.find((one) => all.includes(one))',
      to: 'presences.findLast((one) => all.includes(one))',
      meaning: 'a version that one volume has lost cannot be deployed from another',
    },
    {
      id: 'nowhere-is-present',
      law: 5,
      from: "?? 'MISSING'",
      to: "?? 'PRESENT'",
      meaning: 'a version that is nowhere shows as present',
    },
  ],
)
