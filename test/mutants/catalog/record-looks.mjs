import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/record-looks.ts',
  ['services/catalog/test/what-follows-from-looks'],
  [
    {
      id: 'look-at-the-trash-counts',
      law: 5,
      from: "    .where('versions.lifecycle', '=', 'SEALED')\n    .orderBy('locations.versionId')",
      to: "    .orderBy('locations.versionId')",
      meaning: 'a version in the trash is told as missing',
    },
    {
      id: 'doubt-not-kept',
      law: 5,
      from: 'doubted_at = case when look."isDoubted" then now() else doubted_at end',
      to: 'doubted_at = doubted_at',
      meaning: 'a file that was written to is never compared again',
    },
    {
      id: 'unreadable-not-kept',
      law: 5,
      from: 'unreadable_since = case when look."isUnreadable" then coalesce(unreadable_since, now()) end',
      to: 'unreadable_since = unreadable_since',
      meaning: 'a version that cannot be read counts as present',
    },
    {
      id: 'validation-not-locked-before-the-location',
      law: 8,
      from: "  await lockOpenJobs(\n    trx,\n    'validate',\n    looks.map(({ versionId }) => versionId),\n  )\n",
      to: '',
      suites: ['services/catalog/test/order-of-locks'],
      meaning: 'a validation that began before a look comes to a deadlock with it',
    },
    {
      id: 'doubted-without-a-validation',
      law: 8,
      from: "if (isDoubted) await restartJob(trx, 'validate', versionId)",
      to: 'if (isDoubted) continue',
      suites: ['services/catalog/test/what-follows-from-looks'],
      meaning: 'bytes that may have changed are not compared until the next sweep',
    },
  ],
)
