import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/upload-journal.ts',
  ['services/storage/test/lost-upload-journals'],
  [
    {
      id: 'lost-upload-journal-not-noticed',
      law: 3,
      from: 'wasOpened && decoded.records.length === 0',
      to: 'wasOpened && decoded.records.length < 0',
      meaning: 'an upload vanishes without a word when its journal is lost',
    },
    {
      id: 'unopened-upload-damaged',
      law: 3,
      from: 'staged.some((name) => !beforeFirstRecord.has(name))',
      to: 'staged.length > 0',
      meaning: 'an upload that a crash kept from being opened can never be opened',
    },
  ],
)
