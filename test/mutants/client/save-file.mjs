import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'libs/client/src/save-file.ts',
  ['libs/client/test/read-file'],
  [
    {
      id: 'file-saved-in-place',
      law: 9,
      from: 'const temporary = `${path}.goldkeep-part`',
      to: 'const temporary = path',
      meaning: 'half a file is under its name',
    },
    {
      id: 'broken-save-stays',
      law: 9,
      from: 'await rm(temporary, { force: true })',
      to: '',
      meaning: 'half a file is left behind',
    },
  ],
)
