import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/domain/presence-by-digests.ts',
  [
    'services/catalog/src/domain/presence-by-digests.test',
    'services/catalog/test/jobs',
    'services/catalog/test/inventory',
  ],
  [
    {
      id: 'wrong-digest-is-no-damage',
      law: 5,
      from: "if (digests.some((finding) => finding.verdict === 'FAIL')) return 'DAMAGED'",
      to: '',
      meaning: 'bytes with a wrong digest are not damaged',
    },
    {
      id: 'unjudged-digests-are-right',
      law: 5,
      from: "digests.every((finding) => finding.verdict === 'PASS')",
      to: "digests.some((finding) => finding.verdict === 'PASS')",
      meaning: 'a version of which one file could be read is whole',
    },
    {
      id: 'no-digests-are-right',
      law: 5,
      from: 'digests.length > 0 && digests.every',
      to: 'digests.every',
      meaning: 'a version whose digests nobody counted is whole again',
    },
  ],
)
