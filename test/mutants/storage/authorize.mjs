import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/rpc/authorize.ts',
  ['services/storage/test/the-door'],
  [
    {
      id: 'upload-ticket-reads',
      law: 9,
      from: "if (claims.operation !== 'read' || claims.versionId !== versionId)",
      to: 'if (claims.versionId !== versionId)',
      meaning: 'a ticket to upload opens the bytes of what was sealed',
    },
  ],
)
