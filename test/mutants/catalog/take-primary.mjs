import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/take-primary.ts',
  ['services/catalog/test/deployments', 'services/catalog/test/looks'],
  [
    {
      id: 'start-without-bytes',
      law: 5,
      from: "presence === 'MISSING'",
      to: 'version.locations.length < 0',
      meaning: 'a deployment is begun of a primary whose bytes are missing',
    },
    {
      id: 'start-of-damaged-bytes',
      law: 5,
      from: "presence === 'DAMAGED' && !force",
      to: 'version.locations.length < 0',
      meaning: 'a deployment is begun of a primary whose bytes are damaged, and nobody forced it',
    },
  ],
)
