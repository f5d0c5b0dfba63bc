import { mutantsOf } from '../mutants-of.mjs'

const suites = ['services/storage/test/shortened-journals']

export default [
  ...mutantsOf('services/storage/src/store/disk/commands-file.ts', suites, [
    {
      id: 'lost-frames-not-noticed',
      law: 4,
      from: 'Math.max(1, witnessed)',
      to: '1',
      meaning: 'a late command is carried out after whole frames of the journal were lost',
    },
  ]),
  ...mutantsOf('services/storage/src/store/disk/volume-owner.ts', suites, [
    {
      id: 'witness-not-handed-on',
      law: 4,
      from: 'createLease(root, holder, witness.told)',
      to: 'createLease(root, holder, undefined)',
      meaning: 'after a start that was killed nothing tells how long the journal was',
    },
  ]),
  ...mutantsOf('services/storage/src/store/disk/journal-witness.ts', suites, [
    {
      id: 'witness-of-another-volume',
      law: 4,
      from: 'this.#told?.volume === volume',
      to: 'this.#told',
      meaning: 'a new volume in the place of another one takes no command',
    },
  ]),
  ...mutantsOf('services/storage/src/store/disk/repair-journals.ts', suites, [
    {
      id: 'repaired-journal-too-short',
      law: 4,
      from: 'while (frames.length < leastFrames)',
      to: 'while (frames.length < 0)',
      meaning: 'a journal stays damaged after its repair',
    },
  ]),
  ...mutantsOf('services/storage/src/store/disk/lease.ts', suites, [
    {
      id: 'damaged-lease-believed',
      law: 4,
      from: '!checksumFault(lease)',
      to: 'lease.epoch === epoch',
      meaning: 'a flipped bit in a lease makes a whole journal count as damaged',
    },
  ]),
]
