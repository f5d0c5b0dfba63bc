import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/examine-version.ts',
  ['services/storage/test/looks'],
  [
    {
      id: 'missing-version-stays-in-the-index',
      law: 5,
      from: 'if (index.delete(versionId)) log.error',
      to: 'if (index.has(versionId)) log.error',
      meaning: 'a version that is gone is found by its id',
    },
    {
      id: 'changed-manifest-passes-a-look',
      law: 5,
      from: 'if (sha256Of(bytes) !== manifestDigest)',
      to: 'if (!bytes)',
      meaning: 'a version with another manifest passes for whole',
    },
    {
      id: 'other-sizes-pass-a-look',
      law: 5,
      from: 'return stats.size === size ? undefined',
      to: 'return stats.isFile() ? undefined',
      meaning: 'a file that is cut passes for whole',
    },
    {
      id: 'absent-files-pass-a-look',
      law: 5,
      from: 'if (!stats) return `${expected} none`',
      to: 'if (!stats) return undefined',
      meaning: 'a version without a file passes for whole',
    },
    {
      id: 'link-in-place-of-a-directory-passes',
      law: 5,
      from: "if (isErrno(error, 'ENOTDIR', 'ELOOP'))",
      to: "if (isErrno(error, 'ENOTDIR', 'ELOOP') && false)",
      meaning: 'a link in the place of a directory is no damage',
    },
    {
      id: 'version-that-is-back-without-link',
      law: 5,
      from: '  await linkRestored(volume, found)\n',
      to: '',
      meaning: 'the share does not have the primary after it is back',
    },
    {
      id: 'replaced-file-not-noticed',
      law: 5,
      from: '${file.path} ${stats?.ino} ${stats?.size} ${stats?.mtimeMs}',
      to: '${file.path} ${stats?.size} ${stats?.mtimeMs}',
      meaning: 'a file that was replaced is not compared again',
    },
    {
      id: 'written-file-not-noticed',
      law: 5,
      from: '${file.path} ${stats?.ino} ${stats?.size} ${stats?.mtimeMs}',
      to: '${file.path} ${stats?.ino} ${stats?.size}',
      meaning: 'a file that was written to is not compared again',
    },
  ],
)
