import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/domain/upload-completeness.ts',
  ['services/catalog/src/domain/upload-completeness.test', 'services/catalog/test/uploads'],
  [
    {
      id: 'unfinished-files-lack-only-a-seal',
      law: 3,
      from: "files.some(({ state }) => state !== 'COMPLETE')",
      to: "files.some(({ state }) => state === '')",
      meaning: 'an upload with half a file waits for its seal for ever',
    },
    {
      id: 'missing-files-lack-only-a-seal',
      law: 3,
      from: 'return called.every(({ matches }) => files.some(({ path }) => matches(path)))',
      to: 'return called.length >= 0',
      meaning: 'an upload that lacks a file waits for its seal for ever',
    },
  ],
)
