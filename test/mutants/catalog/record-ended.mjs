import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/record-ended.ts',
  ['services/catalog/test/uploads', 'services/catalog/test/jobs'],
  [
    {
      id: 'end-of-what-is-sealed',
      law: 4,
      from: "if (version.lifecycle !== 'UPLOADING')",
      to: "if (version.lifecycle === 'PURGED')",
      meaning: 'a sealed version is recorded as aborted',
    },
  ],
)
