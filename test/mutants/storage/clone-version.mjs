import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/clone-version.ts',
  [
    'services/storage/test/commands/clone-version',
    'services/storage/test/commands/what-a-start-does',
    'services/storage/test/crash/crash-of-an-operation',
  ],
  [
    {
      id: 'clone-under-a-used-id',
      law: 1,
      from: "if (isFree && !index.has(versionId) && (!last || last.verb === 'clone')) return",
      to: 'return',
      meaning: 'a clone takes the id of another version',
    },
    {
      id: 'clone-of-another-source',
      law: 4,
      from: 'if (origin?.version === source) return',
      to: 'return',
      suites: [
        'services/storage/test/commands/clone-version',
        'services/storage/test/commands/commands-at-once',
      ],
      meaning: 'a clone of one version is answered as the clone of another',
    },
    {
      id: 'clone-of-damaged-files',
      law: 2,
      from: 'for (const { path } of files) await (await openHeldFile(volume, source, path)).close()',
      to: '',
      meaning: 'a clone is begun of a version whose files are not as its manifest says',
    },
    {
      id: 'clone-not-looked-at',
      law: 2,
      from: 'await (await openSealedFile(root, clone, file)).close()',
      to: '',
      meaning: 'what was linked is not compared with the manifest',
    },
    {
      id: 'clone-directories-not-synced',
      law: 2,
      from: 'for (const parent of parents)\n    await withDirectory(root, join(clone, parent), (directory) => directory.sync())',
      to: '',
      suites: [
        'services/storage/test/commands/clone-version',
        'services/storage/test/crash/crash-of-an-operation',
        'services/storage/test/support/power-loss',
      ],
      meaning: 'a clone appears before its files’ names are durable',
    },
    {
      id: 'clone-into-another-image',
      law: 4,
      from: 'await requireSameImage(volume.root, { imageId, imageUid })',
      to: '',
      meaning: 'a clone is made in an image that only has the same name',
    },
    {
      id: 'failed-clone-stays',
      law: 1,
      from: 'await removeClone().catch(() => false)\n      throw error',
      to: 'throw error',
      suites: [
        'services/storage/test/commands/clone-version',
        'services/storage/test/faults/fault-matrix',
        'services/storage/test/commands/faults-of-commands',
      ],
      meaning: 'a clone that failed leaves its links behind',
    },
    {
      id: 'repeated-clone-not-synced',
      law: 3,
      from: 'if (await lookAt(root, target))\n    await syncRelocated(volume, versionId, layout.stagingRoot, layout.versions(imageId))',
      to: 'if (await lookAt(root, target)) {}',
      suites: ['services/storage/test/commands/repeated-renames'],
      meaning: 'a clone that is repeated is answered although its rename may not be durable',
    },
  ],
)
