import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/end-staging.ts',
  ['services/storage/test/order-of-syncs'],
  [
    {
      id: 'ended-upload-removed-before-it-is-away',
      law: 3,
      from: '    await staging.sync()\n  })\n  await removeKnown',
      to: '  })\n  await removeKnown',
      meaning: 'after a loss of power an upload that had ended is back without its files',
    },
  ],
)
