import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/derive-publish.ts',
  [
    'services/catalog/test/publications',
    'services/catalog/test/claims-and-leases',
    'services/catalog/test/jobs',
  ],
  [
    {
      id: 'publication-of-nothing-new',
      law: 11,
      from: 'if (!state || state.publishedGeneration >= state.wantedGeneration) return undefined',
      to: 'if (!state) return undefined',
      meaning: 'what is published is published again',
    },
    {
      id: 'lost-answer-is-no-base',
      law: 12,
      from: 'return [...attempts, sha256].slice(-mostAttempts)',
      to: 'return attempts',
      meaning: 'a lost answer is taken for another database',
    },
    {
      id: 'document-before-its-records',
      law: 12,
      from: 'const document = isLast ? imageDocumentOf(state) : undefined',
      to: 'const document = imageDocumentOf(state)',
      meaning: 'an image.json is there before the records that it stands on',
    },
    {
      id: 'part-of-any-size',
      law: 12,
      from: 'if (records.length > 0 && bytes + record.bytes.length > mostBytes) return false',
      to: '',
      meaning: 'a publication is larger than a message may be',
    },
    {
      id: 'primary-never-elsewhere',
      law: 12,
      from: 'primaryElsewhere: state.primaryElsewhere,',
      to: 'primaryElsewhere: false,',
      suites: ['services/catalog/test/publications.test'],
      meaning: 'a volume is not told that the primary is on another one',
    },
  ],
)
