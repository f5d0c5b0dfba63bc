import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/publish-image.ts',
  [
    'services/storage/test/commands/publish-gaps',
    'services/storage/test/stale-commands',
    'services/storage/test/commands/publication-bases',
  ],
  [
    {
      id: 'repeat-not-synced',
      law: 3,
      from: '    await withDirectory(root, layout.image(imageId), (directory) => directory.sync())\n',
      to: '',
      meaning: 'a repeated publication is answered, and lost with the power',
    },
    {
      id: 'base-not-compared',
      law: 12,
      from: '  requireBase(publication, onDisk)\n',
      to: '',
      meaning: 'a publication of one database is put over that of another',
    },
    {
      id: 'same-numbers-taken-for-a-repeat',
      law: 12,
      from: 'if (sha256 !== undefined && order === 0 && present.uid === imageUid && held.sha256 !== sha256)',
      to: 'if (order > 1_000_000)',
      meaning: 'another publication of the same numbers is written over the first',
    },
    {
      id: 'older-publication-written',
      law: 4,
      from: 'if (order < 0)',
      to: 'if (order < -1_000_000)',
      meaning: 'a late publication takes the place of a later one',
    },
    {
      id: 'records-not-written',
      law: 12,
      from: '  await writeRecords(root, publication)\n',
      to: '',
      meaning: 'what was said of a version is not on the volume',
    },
    {
      id: 'records-after-the-document',
      law: 12,
      from: '  await writeRecords(root, publication)\n  if (!next || !publication.document) return onDisk?.document.generation ?? 0\n  await makeDirectory(root, layout.image(imageId))\n  await replaceFile(root, layout.imageFile(imageId), publication.document)\n',
      to: '  if (!next || !publication.document) return onDisk?.document.generation ?? 0\n  await makeDirectory(root, layout.image(imageId))\n  await replaceFile(root, layout.imageFile(imageId), publication.document)\n  await writeRecords(root, publication)\n',
      meaning: 'a reader finds an image.json without its records',
    },
    {
      id: 'publication-of-another-house',
      law: 4,
      from: '    house,\n    image: publication.imageId,',
      to: '    image: publication.imageId,',
      suites: ['services/storage/test/commands/publication-bases'],
      meaning: 'the catalog of another house writes its images on the volume',
    },
    {
      id: 'former-primary-stays-linked',
      law: 12,
      from: 'if (named && !isHere && !primaryElsewhere) return',
      to: 'if (named && !isHere) return',
      suites: ['services/storage/test/commands/publish-gaps'],
      meaning: 'clients of a share deploy a former primary for ever when the new one is on another volume',
    },
    {
      id: 'link-goes-with-missing-bytes',
      law: 1,
      from: 'if (named && !isHere && !primaryElsewhere) return',
      to: '',
      suites: ['services/storage/test/commands/publish-gaps'],
      meaning: 'a share has no image while the bytes of the primary are away for a moment',
    },
  ],
)
