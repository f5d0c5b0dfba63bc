import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/give-orders.ts',
  ['services/catalog/test/what-follows-from-looks'],
  [
    {
      id: 'orders-for-a-retired-volume',
      law: 9,
      from: '  if (volume.retiredAt) throw volumeRetired(volume)\n',
      to: '',
      meaning: 'a machine waits for a volume that is gone for good',
    },
  ],
)
