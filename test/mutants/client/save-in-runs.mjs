import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'libs/client/src/save-in-runs.ts',
  ['libs/client/test/save-in-runs'],
  [
    {
      id: 'saved-part-trusted',
      law: 9,
      from: 'hash.update(buffer.subarray(0, bytesRead))',
      to: '',
      meaning: 'what an earlier run left is not hashed',
    },
    {
      id: 'wrong-part-not-read-again',
      law: 9,
      from: "if (prefix.size === 0 || !isDomainError(error, 'DIGEST_MISMATCH')) throw error",
      to: 'throw error',
      meaning: 'a part that lost bytes keeps the file from being fetched',
    },
    {
      id: 'wrong-part-kept-behind-new-bytes',
      law: 9,
      from: 'await handle.truncate(0)\n    await writeAfter',
      to: 'await writeAfter',
      equivalent: 'as many bytes are written over it as it has at most: a longer part was cut before',
      meaning: 'old bytes stay behind the new ones',
    },
    {
      id: 'too-long-part-kept',
      law: 9,
      from: 'if (found > size) await handle.truncate(0)',
      to: 'void found',
      meaning: 'a part that is longer than the file is gone on with',
    },
    {
      id: 'saved-file-not-synced',
      law: 9,
      from: 'await handle.sync()',
      to: '',
      suites: ['services/cli/test/fetch-folder'],
      meaning: 'a file has its name before its bytes are durable',
    },
    {
      id: 'wrong-file-kept',
      law: 9,
      from: "if (isDomainError(error, 'DIGEST_MISMATCH')) await rm(part, { force: true })",
      to: '',
      meaning: 'what turned out wrong is gone on with by the next run',
    },
    {
      id: 'saved-in-place',
      law: 9,
      from: 'await rename(part, path)',
      to: 'await rm(path, { force: true })\n    await rename(part, path)',
      equivalent: 'only a loss of power between the two could tell; every test would need one',
      meaning: 'a file is gone for a moment while it is replaced',
    },
    {
      id: 'other-parts-removed-too-eagerly',
      law: 8,
      from: 'const isPart = entry.startsWith(name) && afterName.test(entry.slice(name.length))',
      to: 'const isPart = entry.startsWith(name)',
      meaning: 'files beside it whose names begin alike are removed',
    },
  ],
)
