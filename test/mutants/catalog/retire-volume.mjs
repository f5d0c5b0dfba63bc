import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/retire-volume.ts',
  ['services/catalog/test/what-follows-from-looks'],
  [
    {
      id: 'publications-of-a-retired-volume-stay',
      law: 12,
      from: "  await trx.deleteFrom('publications').where('volumeId', '=', volumeId).execute()\n",
      to: '',
      meaning: 'every change waits for a volume that is gone for good',
    },
  ],
)
