import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'libs/domain/src/ids.ts',
  ['libs/domain/src/ids.test'],
  [
    {
      id: 'image-ids-with-dots',
      law: 1,
      from: '/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/',
      to: '/^[A-Za-z0-9.][A-Za-z0-9_.-]{0,62}$/',
      meaning: 'an image id leaves the folder of images',
    },
    {
      id: 'image-ids-of-any-end',
      law: 1,
      from: '/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/',
      to: '/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}/',
      meaning: 'an image id ends in anything',
    },
    {
      id: 'version-ids-of-any-end',
      law: 1,
      from: '/^\\d{8}T\\d{6}Z-[0-9a-z]{4,10}$/',
      to: '/^\\d{8}T\\d{6}Z-[0-9a-z]{4,10}/',
      meaning: 'a version id ends in anything',
    },
    {
      id: 'windows-devices-as-images',
      law: 1,
      from: 'if (isWindowsDevice(text)) throw',
      to: "if (text === '') throw",
      meaning: 'an image has a name that Windows cannot read',
    },
    {
      id: 'ids-of-any-kind',
      law: 4,
      from: 'if (!text.startsWith(`${prefix}-`) || !opaquePattern.test(text))',
      to: 'if (!opaquePattern.test(text))',
      meaning: 'an id of one kind is taken for another',
    },
    {
      id: 'version-ids-by-chance-the-same',
      law: 1,
      from: 'return `${time}-${randomText(8)}` as VersionId',
      to: "return `${time}-${'0'.repeat(8)}` as VersionId",
      meaning: 'two versions of one second have the same id',
    },
  ],
)
