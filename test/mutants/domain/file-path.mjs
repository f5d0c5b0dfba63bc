import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'libs/domain/src/file-path.ts',
  ['libs/domain/src/file-path.test'],
  [
    {
      id: 'path-of-any-depth',
      law: 1,
      from: ' || rest.length > 0)',
      to: ')',
      meaning: 'a path has directories that nothing else knows',
    },
    {
      id: 'path-in-any-directory',
      law: 1,
      from: 'const diskPattern = /^hd(?:0|[1-9]\\d{0,2})$/',
      to: 'const diskPattern = /^(?:\\.\\.|hd(?:0|[1-9]\\d{0,2}))$/',
      meaning: 'a path leaves the version',
    },
    {
      id: 'hidden-file-names',
      law: 2,
      from: '/^[A-Za-z0-9+_][A-Za-z0-9+_.-]*$/',
      to: '/^[A-Za-z0-9+_.][A-Za-z0-9+_.-]*$/',
      meaning: 'a file has a hidden name, which strays are not looked for under',
    },
    {
      id: 'one-file-under-two-names',
      law: 1,
      from: "if (name.endsWith('.')) throw",
      to: 'if (false) throw',
      meaning: 'two files have names that Windows cannot tell apart',
    },
    {
      id: 'windows-devices-as-names',
      law: 1,
      from: 'if (isWindowsDevice(name)) throw',
      to: 'if (false) throw',
      meaning: 'a file has a name that Windows cannot read',
    },
  ],
)
