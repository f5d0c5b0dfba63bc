import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/record-sealed.ts',
  ['services/catalog/test/uploads'],
  [
    {
      id: 'seal-of-another-version',
      law: 2,
      from: "['version', report.versionId, manifest.version],",
      to: '',
      suites: ['services/catalog/test/seal-reports'],
      meaning: 'the manifest of another version is recorded',
    },
    {
      id: 'seal-of-another-image',
      law: 2,
      from: "['image uid', version.imageUid, manifest.uid],",
      to: '',
      suites: ['services/catalog/test/seal-reports'],
      meaning: 'the manifest of another image’s version is recorded',
    },
    {
      id: 'second-seal-replaces-the-first',
      law: 2,
      from: 'if (version.manifestDigest !== null) return assertSameSeal(version, digest)',
      to: '',
      meaning: 'another manifest takes the place of the one that was recorded',
    },
    {
      id: 'another-manifest-taken-for-the-same',
      law: 2,
      from: 'if (version.manifestDigest === digest) return version.number',
      to: "if (digest !== '') return version.number",
      meaning: 'a seal with another manifest is answered as recorded',
    },
    {
      id: 'seal-without-validation',
      law: 11,
      from: "await ensureJob(trx, 'validate', version.versionId)",
      to: '',
      suites: ['services/catalog/test/uploads', 'services/catalog/test/jobs'],
      meaning: 'a sealed version is never examined',
    },
    {
      id: 'seal-without-publication',
      law: 12,
      from: 'await countVersion(trx, image, manifest)',
      to: '',
      suites: [
        'services/catalog/test/uploads',
        'services/catalog/test/jobs',
        'services/catalog/test/outbox',
        'services/catalog/test/main-path',
      ],
      meaning: 'the volume does not learn of a new version',
    },
    {
      id: 'sealed-with-a-command-pending',
      law: 4,
      from: "...nothingPending,\n    lifecycle: 'SEALED',",
      to: "lifecycle: 'SEALED',",
      meaning: 'a version that was sealed after its abort is still to be aborted',
    },
  ],
)
