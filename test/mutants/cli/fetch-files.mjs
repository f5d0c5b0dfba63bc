import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/cli/src/transfer/fetch-files.ts',
  ['services/cli/test/fetch-folder'],
  [
    {
      id: 'folder-not-locked',
      law: 4,
      from: "await lockFolder(directory, ['', ...paths])",
      to: 'await lockFolder(directory, [])',
      meaning: 'two fetches mix their files in one folder',
    },
    {
      id: 'single-file-not-locked',
      law: 4,
      from: 'await lockFolder(directory, [file.path])',
      to: 'await lockFolder(directory, [])',
      meaning: 'a fetch of one file mixes with that of a folder',
    },
    {
      id: 'lock-kept',
      law: 4,
      from: '...replaced }\n  } finally {\n    unlock()',
      to: '...replaced }\n  } finally {\n    void unlock',
      meaning: 'a folder is locked for ever',
    },
    {
      id: 'single-file-mixes-versions',
      law: 2,
      from: '    await refuseMixture(deployment, file, directory)\n',
      to: '',
      meaning: 'one file of another version comes into a whole capture',
    },
    {
      id: 'right-files-refused',
      law: 2,
      from: '    if (await holdsFile(join(directory, other.path), other, deployment.signal)) continue\n',
      to: '',
      meaning: 'a damaged file cannot be fetched again',
    },
    {
      id: 'file-fetched-into-place',
      law: 2,
      from: '      if (part !== undefined) parts.set(file.path, part)\n',
      to: '      if (part !== undefined) await rename(part, join(directory, file.path))\n',
      meaning: 'a folder is a mixture until all files have come',
    },
    {
      id: 'present-file-fetched-again',
      law: 2,
      from: 'if (await holdsFile(target, file, deployment.signal)) {',
      to: 'if (false as boolean) {',
      meaning: 'a fetch that is repeated reads everything again',
    },
  ],
)
