import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/report-progress.ts',
  ['services/catalog/test/deployments'],
  [
    {
      id: 'forgotten-deployment-cut',
      law: 9,
      from: '  if (!known) return false\n',
      to: '  if (!known) return true\n',
      meaning: 'a machine is cut off in the middle when a database was put back',
    },
    {
      id: 'ended-deployment-reads-on',
      law: 9,
      from: "return told?.state !== 'OPEN'",
      to: 'return false',
      meaning: 'a cancelled deployment is read to its end',
    },
  ],
)
