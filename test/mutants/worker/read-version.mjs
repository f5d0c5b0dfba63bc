import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/worker/src/operations/read-version.ts',
  ['services/worker/test/validate'],
  [
    {
      id: 'another-volume-examined',
      law: 5,
      from: 'if (mounted !== volumeId)',
      to: 'if (mounted === undefined)',
      meaning: 'a version is judged by the bytes of another volume',
    },
    {
      id: 'changed-manifest-believed',
      law: 5,
      from: 'if (found !== manifestSha256) return { finding: otherManifest(manifestSha256, found) }',
      to: '',
      meaning: 'a manifest that was changed says itself what is right',
    },
    {
      id: 'unseen-is-a-failure',
      law: 5,
      from: "verdict: 'ERROR',",
      to: "verdict: 'FAIL',",
      meaning: 'a version that a worker cannot see is damaged',
    },
    {
      id: 'absent-schema-taken-for-an-empty-one',
      law: 5,
      from: 'const schema = await readFile(join(directory, schemaPath))',
      to: "const schema = await readFile(join(directory, schemaPath)).catch(() => Buffer.from('{}'))",
      suites: ['services/worker/test/validate'],
      meaning: 'a version is judged by a schema that it does not have',
    },
  ],
)
