import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/restore-version.ts',
  [
    'services/storage/test/commands/trash-and-restore',
    'services/storage/test/commands/what-a-start-does',
    'services/storage/test/crash/crash-of-an-operation',
  ],
  [
    {
      id: 'restore-after-its-purge-began',
      law: 7,
      from: 'if (lying.isPurging) throw versionGone(versionId)',
      to: '',
      suites: ['services/storage/test/commands/purge-version'],
      meaning: 'a version comes back half purged',
    },
    {
      id: 'restore-into-another-image',
      law: 4,
      from: 'await requireSameImage(root, { imageId, imageUid })\n  await requireFree(root, place)',
      to: 'await requireFree(root, place)',
      meaning: 'a version is restored into an image that only has the same name',
    },
    {
      id: 'restore-over-what-is-there',
      law: 1,
      from: 'await requireFree(root, place)',
      to: '',
      suites: ['services/storage/test/commands/trash-and-restore'],
      meaning: 'a restore that will be refused for its place takes its number',
    },
    {
      id: 'restore-of-an-unreadable-version',
      law: 2,
      from: 'await describeDirectory(root, layout.trashed(lying.name), versionId)\n  await requireSameImage',
      to: 'await requireSameImage',
      suites: ['services/storage/test/commands/trash-and-restore'],
      meaning: 'a restore is begun of a version whose manifest cannot be read',
    },
    {
      id: 'repeated-restore-not-synced',
      law: 3,
      from: 'await syncRelocated(volume, versionId, layout.versions(imageId), layout.trash)',
      to: '',
      suites: [
        'services/storage/test/commands/repeated-renames',
        'services/storage/test/commands/what-a-start-does',
        'services/storage/test/crash/crash-of-an-operation',
      ],
      meaning: 'a restore that is repeated is answered although its rename may not be durable',
    },
    {
      id: 'restored-primary-without-link',
      law: 5,
      from: 'await linkRestored(volume, restored)',
      to: '',
      suites: [
        'services/storage/test/commands/trash-and-restore',
        'services/storage/test/commands/commands-at-once',
        'services/storage/test/commands/what-a-start-does',
      ],
      meaning: 'the primary is back, and its link is not',
    },
    {
      id: 'restore-leaves-its-sidecar',
      law: 8,
      from: 'if (name !== undefined) await removeLoneSidecar(root, name)',
      to: '',
      meaning: 'a sidecar stays in the trash for a version that is back',
    },
  ],
)
