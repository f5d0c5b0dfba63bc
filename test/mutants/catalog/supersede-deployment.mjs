import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/supersede-deployment.ts',
  ['services/catalog/test/deployments'],
  [
    {
      id: 'starts-of-one-machine-at-once',
      law: 9,
      from: 'await lockMachine(trx, [keys.uuid, keys.serial, ...keys.macs])',
      to: '',
      meaning: 'two starts of one machine leave two pins',
    },
    {
      id: 'doubtful-machine-guessed-at',
      law: 10,
      from: 'if (doubtful.length > 0) {',
      to: 'if (doubtful.length < 0) {',
      meaning: 'a machine that might be another is guessed at',
    },
    {
      id: 'doubtful-machine-superseded',
      law: 10,
      from: "comparison === 'same')",
      to: "comparison !== 'different')",
      equivalent:
        'with a doubtful one among them the start was refused before: those that are left are the same or different',
      meaning: 'a start ends the deployment of a machine that might be another',
    },
  ],
)
