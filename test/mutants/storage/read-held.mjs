import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/read-held.ts',
  ['services/storage/test/commands/odd-directories'],
  [
    {
      id: 'changed-manifest-is-read',
      law: 9,
      from: 'if (sha256Of(bytes) === expected) return bytes',
      to: 'if (expected) return bytes',
      meaning: 'a reader gets another manifest than was sealed',
    },
    {
      id: 'gone-version-told-as-damaged',
      law: 5,
      from: 'if (!(await lookAt(volume.root, held.directory))) throw versionNotFound(versionId)',
      to: '',
      meaning: 'a version whose directory is gone counts as damaged',
    },
  ],
)
