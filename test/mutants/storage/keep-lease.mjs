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
    {
      id: 'lost-volume-marked-as-free',
      law: 4,
      from: 'if (!this.#loss) await this.#write({ released: true })',
      to: 'await this.#write({ released: true })',
      suites: ['services/storage/test/lost-renewals'],
      meaning: 'an owner that was overtaken writes a lease once more',
    },
    {
      id: 'lost-lease-is-written-again',
      law: 4,
      from: '    const started = this.keeping.clock.read()\n    await this.look()\n',
      to: '    const started = this.keeping.clock.read()\n',
      suites: ['services/storage/test/lost-renewals'],
      meaning: 'an owner that was overtaken renews its lease',
    },
    {
      id: 'hung-file-system-waited-for',
      law: 4,
      from: 'if (this.#ticksSinceRenewalBegan * heartbeatMs > lostAfterMs) this.#giveUpWhenSilent()',
      to: '',
      suites: ['services/storage/test/lost-renewals'],
      meaning: 'an owner whose file system hangs never gives its volume up',
    },
  ],
)
