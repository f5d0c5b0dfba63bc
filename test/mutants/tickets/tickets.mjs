import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'libs/tickets/src/tickets.ts',
  ['libs/tickets/src/tickets.test'],
  [
    {
      id: 'ticket-for-any-volume',
      law: 4,
      from: 'audience: volumeId,\n',
      to: '\n',
      meaning: 'a ticket for one volume opens another',
    },
    {
      id: 'ticket-without-end',
      law: 4,
      from: 'currentDate: now,',
      to: 'currentDate: new Date(0),',
      meaning: 'a ticket that has expired is taken',
    },
    {
      id: 'ticket-with-endless-leeway',
      law: 4,
      from: 'clockTolerance: leewaySeconds,',
      to: 'clockTolerance: leewaySeconds * 60,',
      meaning: 'a ticket is taken an hour after its end',
    },
    {
      id: 'ticket-from-the-future',
      law: 4,
      from: 'if (isCatalogsClock && issued > now.getTime() + leewaySeconds * 1000)',
      to: 'if (false)',
      meaning: 'after the database’s clock was set back a ticket is valid for longer by as much',
    },
    {
      id: 'revocation-ignored',
      law: 4,
      from: 'if (limit !== undefined && issued < limit)',
      to: 'if (limit !== undefined && issued < 0)',
      meaning: 'a ticket that was revoked is taken',
    },
    {
      id: 'revoked-for-ever',
      law: 4,
      from: 'if (limit !== undefined && issued < limit)',
      to: 'if (limit !== undefined)',
      meaning: 'a ticket that was issued after a revocation is refused',
    },
    {
      id: 'reads-revoked-by-their-version',
      law: 4,
      from: "claims.operation === 'read' ? [claims.deploymentId] : [sub]",
      to: '[sub]',
      meaning: 'a deployment that was cancelled goes on reading',
    },
    {
      id: 'ticket-of-any-algorithm',
      law: 4,
      from: "algorithms: ['EdDSA'],\n",
      to: '\n',
      equivalent: 'the trusted keys are Ed25519 keys, which verify nothing else',
      meaning: 'a ticket may choose how it is verified',
    },
  ],
)
