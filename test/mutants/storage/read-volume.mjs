import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/read-volume.ts',
  ['services/storage/test/damage-decides-nothing'],
  [
    {
      id: 'purges-go-on-with-a-damaged-journal',
      law: 7,
      from: 'if (!commands.damage) volume.purges.attend',
      to: 'if (commands) volume.purges.attend',
      meaning: 'files are removed although what came after the purge is not known',
    },
    {
      id: 'unread-image-json-not-told',
      law: 12,
      from: "for (const imageId of unread) found.unreadable.add({ what: 'image.json', imageId })",
      to: '',
      suites: ['services/storage/test/damaged-documents'],
      meaning: 'an image.json that cannot be used is no trouble',
    },
    {
      id: 'start-sets-no-links',
      law: 5,
      from: '    await linkPrimary(root, ',
      to: '    await Promise.resolve(',
      suites: ['services/storage/test/commands/odd-directories'],
      meaning: 'the share has no primary, or another, until the next promotion',
    },
  ],
)
