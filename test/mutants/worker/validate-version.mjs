import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/worker/src/operations/validate-version.ts',
  ['services/worker/test/validate'],
  [
    {
      id: 'deep-checks-left-out',
      law: 5,
      from: 'return combineFindings(quick, await runDeepChecks(read.subject, { signal, quick, ...limits }))',
      to: 'return combineFindings(quick, [])',
      meaning: 'a version is judged without its digests',
    },
  ],
)
