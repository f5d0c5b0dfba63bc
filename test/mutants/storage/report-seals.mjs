import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/operations/report-seals.ts',
  ['services/storage/test/reports'],
  [
    {
      id: 'sealed-version-not-looked-at',
      law: 5,
      from: '    onRecorded(version)\n',
      to: '',
      meaning: 'bytes that change after the seal are taken for the right ones by the first look',
    },
  ],
)
