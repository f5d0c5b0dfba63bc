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
    {
      id: 'last-byte-pulled-back',
      law: 3,
      from: 'sql`greatest(last_byte_at, ${active})`',
      to: 'sql`${active}`',
      suites: ['services/catalog/test/what-follows-from-looks'],
      meaning: 'an upload seems to have been silent for longer than it was',
    },
    {
      id: 'last-byte-in-the-future',
      law: 3,
      from: 'return sql<Date>`least(now(), ${upload.lastByteTime}::timestamptz)`',
      to: 'return sql<Date>`${upload.lastByteTime}::timestamptz`',
      suites: ['services/catalog/test/what-follows-from-looks'],
      meaning: 'an upload lives on by the clock of storage',
    },
  ],
)
