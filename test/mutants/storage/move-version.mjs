import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/move-version.ts',
  [
    'services/storage/test/commands/move-version',
    'services/storage/test/commands/what-a-start-does',
    'services/storage/test/crash/crash-of-an-operation',
  ],
  [
    {
      id: 'move-of-the-primary',
      law: 5,
      from: 'await refusePrimary(root, from, versionId)\n    await requireFree',
      to: 'await requireFree',
      meaning: 'the primary is moved out of its image',
    },
    {
      id: 'primary-not-looked-at-again-at-a-move',
      law: 5,
      from: 'const document = await refusePrimary(root, from, versionId)',
      to: 'const document = volume.documents.get(from)',
      meaning: 'a move that is repeated takes away what has become the primary meanwhile',
    },
    {
      id: 'move-into-another-image',
      law: 4,
      from: 'await requireSameImage(root, { imageId, imageUid })',
      to: '',
      meaning: 'a version is moved into an image that only has the same name',
    },
    {
      id: 'repeated-move-not-synced',
      law: 3,
      from: 'await syncRelocated(volume, versionId, layout.versions(from), layout.versions(belonging.imageId))',
      to: '',
      suites: [
        'services/storage/test/commands/repeated-renames',
        'services/storage/test/commands/what-a-start-does',
        'services/storage/test/crash/crash-of-an-operation',
      ],
      meaning: 'a move that is repeated is answered although its rename may not be durable',
    },
    {
      id: 'moved-version-without-link',
      law: 5,
      from: 'await linkRestored(volume, moved)',
      to: '',
      suites: [
        'services/storage/test/commands/move-version',
        'services/storage/test/commands/what-a-start-does',
        'services/storage/test/commands/publish-gaps',
      ],
      meaning: 'a version that is the primary of the image that it comes into has no link',
    },
    {
      id: 'move-leaves-the-primary-link',
      law: 5,
      from: 'if (document) await linkPrimary(root, document)',
      to: '',
      suites: [
        'services/storage/test/commands/move-version',
        'services/storage/test/commands/what-a-start-does',
        'services/storage/test/commands/publish-gaps',
        'services/storage/test/crash/crash-of-an-operation',
      ],
      meaning: 'a link leads to where the version was',
    },
  ],
)
