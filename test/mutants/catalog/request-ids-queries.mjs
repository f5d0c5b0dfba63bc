import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/db/request-ids-queries.ts',
  ['services/catalog/test/images', 'services/catalog/test/primary', 'services/catalog/test/uploads'],
  [
    {
      id: 'request-id-for-another-request',
      law: 4,
      from: 'if (!remembered.bodyHash.equals(bodyHash))',
      to: 'if (remembered.bodyHash.length === 0)',
      meaning: 'another request gets the answer of the first',
    },
    {
      id: 'repeat-is-done-again',
      law: 4,
      from: 'return remembered.response ?? Buffer.alloc(0)',
      to: 'return undefined',
      meaning: 'a repeated request is done twice',
    },
  ],
)
