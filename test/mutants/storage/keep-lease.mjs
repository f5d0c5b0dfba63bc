import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/keep-lease.ts',
  ['services/storage/test/lost-renewals'],
  [
    {
      id: 'renewal-counts-from-its-end',
      law: 4,
      from: 'this.renewed = started',
      to: 'this.renewed = this.keeping.clock.read()',
      meaning: 'an owner that was stopped in a renewal acknowledges what its successor does not know',
    },
    {
      id: 'no-look-after-the-renewal',
      law: 4,
      from: '    await this.look()\n    // Not the time',
      to: '    // Not the time',
      meaning: 'an owner that was taken over while it renewed its lease goes on',
    },
  ],
)
