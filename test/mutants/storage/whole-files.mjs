import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/whole-files.ts',
  ['services/storage/test/commands/odd-directories'],
  [
    {
      id: 'replaced-name-not-synced',
      law: 3,
      from: '    await directory.sync()\n  })\n}\n\nasync function writeBeside',
      to: '  })\n}\n\nasync function writeBeside',
      suites: ['services/storage/test/order-of-syncs'],
      meaning: 'after a loss of power the image.json of before is back',
    },
    {
      id: 'leftover-blocks-its-file',
      law: 3,
      from: 'await sys.unlink(path).catch(ignoreAbsent)\n  const fd',
      to: 'const fd',
      meaning: 'half a file of a run that was killed keeps the image from ever being published',
    },
    {
      id: 'files-read-through-links',
      law: 8,
      from: 'root.sys.open(directory.at(basename(path)), O_RDONLY | O_NOFOLLOW)',
      to: 'root.sys.open(directory.at(basename(path)), O_RDONLY)',
      meaning: 'a file outside of the volume is taken for one of it',
    },
  ],
)
