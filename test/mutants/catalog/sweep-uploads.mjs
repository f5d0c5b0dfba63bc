import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/sweep-uploads.ts',
  ['services/catalog/test/uploads'],
  [
    {
      id: 'whole-capture-expires',
      law: 3,
      from: 'if (!lacksOnlySeal(schema, capture, files)) {',
      to: 'if (files.length >= 0) {',
      meaning: 'a capture that lacks only its seal is thrown away',
    },
    {
      id: 'upload-expires-although-bytes-came',
      law: 3,
      from: 'if (!still) return false',
      to: 'if (still === null) return false',
      meaning: 'an upload that received bytes at this moment is to expire',
    },
    {
      id: 'expiry-before-its-time',
      law: 3,
      from: ".where('uploads.expiresAt', '<', sql<Date>`now()`)\n    .where('versions.lifecycle'",
      to: ".where('versions.lifecycle'",
      equivalent: 'the same is asked again under the lock',
      meaning: 'an upload expires while its time is not over',
    },
  ],
)
