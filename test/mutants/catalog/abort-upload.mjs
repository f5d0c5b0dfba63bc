import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/abort-upload.ts',
  ['services/catalog/test/uploads'],
  [
    {
      id: 'abort-of-a-version',
      law: 1,
      from: 'if (version.manifestDigest !== null)',
      to: "if (version.lifecycle === 'PURGED')",
      meaning: 'an abort of what was sealed is answered as if it would be done',
    },
  ],
)
