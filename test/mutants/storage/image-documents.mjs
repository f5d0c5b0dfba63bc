import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/image-documents.ts',
  ['services/storage/test/commands/odd-directories'],
  [
    {
      id: 'image-json-of-another-image',
      law: 12,
      from: 'if (document.image === imageId) return',
      to: 'if (document.image) return',
      meaning: 'the image.json of another image decides which version is the primary',
    },
    {
      id: 'primary-of-a-deleted-image-stays',
      law: 6,
      from: 'if (document?.primary !== versionId || document.deleted_at) return document',
      to: 'if (document?.primary !== versionId) return document',
      meaning: 'a version of a deleted image can never go to the trash',
    },
  ],
)
