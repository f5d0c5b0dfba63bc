import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/command-journal.ts',
  ['services/storage/test/damage-decides-nothing'],
  [
    {
      id: 'records-after-the-damage-forgotten',
      law: 3,
      from: '.#replay([...records, ...later])',
      to: '.#replay(records)',
      meaning: 'an upload that had ended is begun again',
    },
    {
      id: 'publication-with-a-damaged-journal',
      law: 4,
      from: 'isSucceeded(uid: Uid): boolean {\n    this.#requireWhole()',
      to: 'isSucceeded(uid: Uid): boolean {',
      meaning: 'what is published of an image whose id was given away counts',
    },
  ],
)
