import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/operations/announce-volume.ts',
  ['services/storage/test/another-database'],
  [
    {
      id: 'look-without-its-time',
      law: 5,
      from: 'listInventory(store, answer.serverTime)',
      to: 'listInventory(store, undefined)',
      meaning: 'what is missing from the volume is never noticed',
    },
    {
      id: 'unrecorded-seal-not-told',
      law: 3,
      from: 'for (const versionId of new Set([...found.unrecordedVersionIds.filter(isVersionId), ...sealed]))',
      to: 'for (const versionId of new Set(sealed))',
      meaning: 'a seal that a database which was put back does not know is not recorded',
    },
    {
      id: 'unknown-versions-not-told',
      law: 8,
      from: '  disagreement.note(found)\n',
      to: '',
      suites: ['services/storage/test/reports'],
      meaning: 'what the catalog does not know lies on the volume and nobody hears of it',
    },
  ],
)
