import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/sweep-deployments.ts',
  ['services/catalog/test/deployments'],
  [
    {
      id: 'lapsed-deployment-ends-in-the-middle',
      law: 9,
      from: ".where('bytesRead', '>=', sql<number>`bytes_total`)",
      to: '',
      meaning: 'a deployment that pauses loses its pin',
    },
    {
      id: 'deployment-without-limit',
      law: 6,
      from: ".where('limitAt', '<', sql<Date>`now()`)",
      to: ".where('limitAt', 'is', null)",
      meaning: 'a deployment that nobody ends holds its version for ever',
    },
  ],
)
