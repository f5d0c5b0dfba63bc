import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/version-index.ts',
  ['services/storage/test/commands/odd-directories'],
  [
    {
      id: 'wrong-directory-of-two-counts',
      law: 2,
      from: 'second.imageId === wanted ?',
      to: 'first.imageId === wanted ?',
      meaning: 'of two directories of a version the one counts where it was not put',
    },
    {
      id: 'moved-version-keeps-its-old-uid',
      law: 12,
      from: 'if (placed?.imageId === imageId) return placed.imageUid',
      to: '',
      meaning: 'after a start a version that was moved belongs to the image that it left',
    },
  ],
)
