import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/pull-back-times.ts',
  ['services/catalog/test/database-clock'],
  [
    {
      id: 'dead-volume-alive-for-an-hour',
      law: 4,
      from: '  await pullBackVolumes(trx)\n',
      to: '',
      meaning:
        'after the database’s clock was set back a dead volume gets work, and its successor is refused',
    },
    {
      id: 'upload-lives-on',
      law: 3,
      from: '  await pullBackUploads(trx, uploadExpiryMs)\n',
      to: '',
      meaning: 'after the database’s clock was set back an upload expires later by as much',
    },
    {
      id: 'upload-ends-early',
      law: 3,
      from: 'expires_at = least(expires_at, now() + ${expiryMs}',
      to: 'expires_at = least(expires_at, now() + 0 * ${expiryMs}',
      meaning: 'an upload that is open when the database’s clock is set back expires at once',
    },
    {
      id: 'deployment-lives-on',
      law: 9,
      from: '  await pullBackDeployments(trx, deploymentLeaseMs)\n',
      to: '',
      meaning: 'after the database’s clock was set back a pin is held longer by as much',
    },
    {
      id: 'token-lives-on',
      law: 4,
      from: '  await pullBackTokens(trx)\n',
      to: '',
      meaning: 'after the database’s clock was set back a token is accepted longer by as much',
    },
  ],
)
