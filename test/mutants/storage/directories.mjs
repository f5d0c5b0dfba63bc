import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/directories.ts',
  ['services/storage/test/commands/odd-directories'],
  [
    {
      id: 'directories-gone-through-links',
      law: 8,
      from: 'O_RDONLY | O_DIRECTORY | O_NOFOLLOW)',
      to: 'O_RDONLY | O_DIRECTORY)',
      meaning: 'a command moves or removes what lies outside of the volume',
    },
    {
      id: 'made-directory-not-synced',
      law: 3,
      from: '      await directory.sync()\n    })\n    parent',
      to: '    })\n    parent',
      suites: ['services/storage/test/order-of-syncs'],
      meaning: 'an upload whose bytes were acknowledged is gone after a loss of power',
    },
    {
      id: 'removed-directory-not-made-again',
      law: 5,
      from: 'if (!(await lookAt(root, path))) await makeDirectory(root, path)',
      to: '',
      meaning: 'no publication reaches the share until storage is restarted',
    },
  ],
)
