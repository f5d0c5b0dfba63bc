import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/prepare-seal.ts',
  ['services/storage/test/refusals.test', 'services/storage/test/seals-on-disk'],
  [
    {
      id: 'seal-list-with-missing-files',
      law: 2,
      from: 'if (missing.length > 0) throw',
      to: 'if (missing.length < 0) throw',
      meaning: 'a seal lists a file that was never sent',
    },
    {
      id: 'seal-list-leaves-files-out',
      law: 2,
      from: 'if (extra.length > 0) throw',
      to: 'if (extra.length < 0) throw',
      meaning: 'a file that was sent is in the version and in no list',
    },
    {
      id: 'seal-with-unfinished-files',
      law: 2,
      from: 'if (unfinished.length > 0) throw',
      to: 'if (unfinished.length < 0) throw',
      meaning: 'half a file is sealed',
    },
    {
      id: 'seal-of-other-sizes',
      law: 2,
      from: 'if (entry.size !== file?.committedSize)',
      to: 'if (file === undefined)',
      meaning: 'the size that the client lists is not compared',
    },
    {
      id: 'seal-of-other-digests',
      law: 2,
      from: 'if (entry.sha256 !== file.sha256)',
      to: "if (file.sha256 === '')",
      meaning: 'the digest that the client lists is not compared',
    },
    {
      id: 'seal-with-strays',
      law: 2,
      from: 'if (strays.length > 0) throw',
      to: 'if (strays.length < 0) throw',
      suites: ['services/storage/test/seals-on-disk', 'services/storage/test/faults-of-the-volume'],
      meaning: 'a file that nobody uploaded becomes part of the version',
    },
    {
      id: 'strays-looked-for-in-the-root-only',
      law: 2,
      from: "const directories = new Set(['', ...view.files.map(({ path }) => dirname(path))])",
      to: "const directories = new Set([''])",
      suites: ['services/storage/test/seals-on-disk', 'services/storage/test/faults-of-the-volume'],
      meaning: 'a stray in a disk’s directory becomes part of the version',
    },
    {
      id: 'seal-with-a-changed-schema',
      law: 2,
      from: 'if (schema && sha256Of(schema) === schemaDigest) return schema',
      to: "if (schema && sha256Of(schema) !== '') return schema",
      suites: ['services/storage/test/seals-on-disk', 'services/storage/test/faults-of-the-volume'],
      meaning: 'a schema that changed on the volume is sealed',
    },
  ],
)
