import { mutantsOf } from '../mutants-of.mjs'

export default [
  ...mutantsOf(
    'services/storage/src/store/disk/this-host.ts',
    ['services/storage/src/store/disk/this-host.test', 'services/storage/test/takeover'],
    [
      {
        id: 'killed-process-with-threads-has-ended',
        law: 4,
        from: ' && threads <= 1',
        to: '',
        meaning: 'a volume is taken while a thread of the killed owner still writes',
      },
      {
        id: 'ended-by-pid-of-another-namespace',
        law: 4,
        from: ' || other.pidNamespace !== self.pidNamespace',
        to: '',
        suites: ['services/storage/test/takeover'],
        meaning: 'a volume is taken from an owner in another container, which lives',
      },
    ],
  ),
  ...mutantsOf(
    'services/storage/src/store/disk/await-last-owner.ts',
    ['services/storage/test/takeover'],
    [
      {
        id: 'same-pid-of-another-namespace',
        law: 4,
        from: ' && holder.pidNamespace === self.pidNamespace',
        to: '',
        meaning: 'a volume is taken from a process of another container that has the same id',
      },
    ],
  ),
]
