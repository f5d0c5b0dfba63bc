import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/compare-publications.ts',
  ['services/catalog/test/order-of-locks', 'services/catalog/test/publications'],
  [
    {
      id: 'inventory-without-the-image-locks',
      law: 12,
      from: "    .orderBy('uid')\n    .forUpdate()\n",
      to: "    .orderBy('uid')\n",
      suites: ['services/catalog/test/order-of-locks'],
      meaning: 'an inventory and a confirmed publication wait for each other, and one of them fails',
    },
  ],
)
