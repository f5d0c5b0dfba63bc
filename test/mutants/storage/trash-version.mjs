import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/trash-version.ts',
  [
    'services/storage/test/commands/trash-and-restore',
    'services/storage/test/commands/what-a-start-does',
    'services/storage/test/crash/crash-of-an-operation',
  ],
  [
    {
      id: 'trash-of-the-primary',
      law: 5,
      from: 'await refusePrimary(root, imageId, versionId)\n    const name',
      to: 'const name',
      meaning: 'what image.json names as the primary may be trashed',
    },
    {
      id: 'primary-not-looked-at-again',
      law: 5,
      from: 'const document = await refusePrimary(root, imageId, versionId)',
      to: 'const document = volume.documents.get(imageId)',
      meaning: 'a trash that is repeated takes away what has become the primary meanwhile',
    },
    {
      id: 'trash-leaves-the-primary-link',
      law: 5,
      from: 'if (document) await linkPrimary(root, document)',
      to: '',
      suites: [
        'services/storage/test/commands/trash-and-restore',
        'services/storage/test/commands/what-a-start-does',
        'services/storage/test/commands/publish-gaps',
      ],
      meaning: 'a link leads to a version that is in the trash',
    },
    {
      id: 'trash-without-sidecar',
      law: 7,
      from: 'await writeSidecar(volume, command, plan, name)',
      to: '',
      meaning: 'nothing says where a version in the trash came from',
    },
    {
      id: 'trash-name-that-is-taken',
      law: 1,
      from: 'return isTaken ? findFreeName',
      to: 'return isTaken === null ? findFreeName',
      meaning: 'a version is trashed over another directory of it',
    },
    {
      id: 'repeated-trash-not-synced',
      law: 3,
      from: 'await syncRelocated(volume, versionId, layout.versions(imageId), layout.trash)',
      to: '',
      suites: [
        'services/storage/test/commands/repeated-renames',
        'services/storage/test/commands/what-a-start-does',
        'services/storage/test/crash/crash-of-an-operation',
      ],
      meaning: 'a trash that is repeated is answered although its rename may not be durable',
    },
    {
      id: 'trashed-version-stays-in-the-index',
      law: 7,
      from: 'index.delete(versionId)\n',
      to: '\n',
      meaning: 'a trashed version is taken for a live one',
    },
    {
      id: 'trash-takes-the-staged-for-sealed',
      law: 1,
      from: 'if (!index.has(versionId)) refuseStaged(volume, versionId)',
      to: '',
      suites: [
        'services/storage/test/seals-on-disk',
        'services/storage/test/commands/trash-and-restore',
        'services/storage/test/commands/what-a-start-does',
        'services/storage/test/commands/overtaken-commands',
        'services/storage/test/crash/crash-of-an-operation',
      ],
      meaning: 'an upload whose directory appeared at this moment is trashed',
    },
  ],
)
