import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/rollback-primary.ts',
  ['services/catalog/test/primary'],
  [
    {
      id: 'rollback-ignores-its-expectation',
      law: 5,
      from: 'assertPrimaryIs(image, rollback.expected)',
      to: '',
      suites: ['services/catalog/test/pointer'],
      meaning: 'a rollback that expects another primary moves the pointer',
    },
    {
      id: 'rollback-to-what-is-marked-bad',
      law: 5,
      from: "if (isSealedAndWhole(candidate) && candidate.mark !== 'BAD') return candidate",
      to: 'if (isSealedAndWhole(candidate)) return candidate',
      meaning: 'a rollback lands on a version that is marked bad',
    },
    {
      id: 'rollback-to-what-is-gone',
      law: 5,
      from: "if (isSealedAndWhole(candidate) && candidate.mark !== 'BAD') return candidate",
      to: "if (candidate.mark !== 'BAD') return candidate",
      meaning: 'a rollback lands on a version whose bytes are missing',
    },
    {
      id: 'rollback-leaves-no-mark',
      law: 5,
      from: 'if (!rollback.keepMark) await markLeft(trx, left, target, rollback.reason)',
      to: '',
      meaning: 'what was left as bad counts as known good',
    },
    {
      id: 'rollback-to-what-never-was-primary',
      law: 5,
      from: 'if (!wasPrimary || versionId === image.primaryVersionId)',
      to: 'if (versionId === image.primaryVersionId)',
      meaning: 'a rollback promotes a version without its conditions',
    },
    {
      id: 'named-rollback-to-what-is-missing',
      law: 5,
      from: 'assertSealedAndPresent(candidate)',
      to: '',
      meaning: 'a named rollback lands on a version that is missing or trashed',
    },
    {
      id: 'named-rollback-to-damaged-bytes',
      law: 5,
      from: "if (candidate.presence === 'DAMAGED') throw versionDamaged(versionId)",
      to: '',
      meaning: 'a named rollback lands on damaged bytes',
    },
    {
      id: 'named-rollback-to-what-is-bad',
      law: 5,
      from: "if (candidate.mark === 'BAD')\n    throw",
      to: "if (candidate.versionId === '')\n    throw",
      meaning: 'a named rollback lands on a version that is marked bad',
    },
  ],
)
