import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/view-of-sealed.ts',
  ['services/storage/test/commands/odd-directories'],
  [
    {
      id: 'sealed-view-without-digests',
      law: 2,
      from: 'sha256: digests.sha256,',
      to: "sha256: '',",
      meaning: 'who asks after a seal whether it was his does not learn it',
    },
  ],
)
