import { mutantsOf } from '../mutants-of.mjs'

export default [
  ...mutantsOf(
    'services/storage/src/store/disk/guarded-syscalls.ts',
    ['services/storage/src/store/disk/guarded-syscalls.test'],
    [
      {
        id: 'unlink-not-guarded',
        law: 4,
        from: "  'unlink',\n",
        to: '',
        meaning: 'an owner that has lost the volume removes files of its successor',
      },
      {
        id: 'syncs-not-looked-after',
        law: 4,
        from: 'if (owner && syncs.has(name))',
        to: 'if (owner && name === "write" && syncs.has(name))',
        meaning: 'an owner whose clock shows no gap acknowledges what its successor does not know',
      },
    ],
  ),
  ...mutantsOf(
    'services/storage/src/store/disk/open-volume.ts',
    ['services/storage/test/lost-renewals'],
    [
      {
        id: 'uploads-written-unguarded',
        law: 4,
        from: 'new Room(guard(sys), fd',
        to: 'new Room(sys, fd',
        meaning: 'an owner that has lost the volume writes into the files of its successor',
      },
    ],
  ),
]
