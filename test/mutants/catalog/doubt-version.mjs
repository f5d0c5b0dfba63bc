import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/doubt-version.ts',
  ['services/catalog/test/what-follows-from-looks'],
  [
    {
      id: 'validation-before-the-doubt-counts',
      law: 5,
      from: "  else await restartJob(trx, 'validate', versionId)\n",
      to: "  else await ensureJob(trx, 'validate', versionId)\n",
      meaning: 'bytes that a machine found wrong are told as right by who read them before',
    },
  ],
)
