import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/get-trust.ts',
  ['services/catalog/test/trust'],
  [
    {
      id: 'expired-upload-not-revoked',
      law: 4,
      from: "['ABORTED', 'EXPIRED']",
      to: "['ABORTED']",
      meaning: 'the tickets of an upload that has expired go on',
    },
    {
      id: 'aborted-upload-not-revoked',
      law: 4,
      from: "['ABORTED', 'EXPIRED']",
      to: "['EXPIRED']",
      meaning: 'the tickets of an upload that was aborted go on',
    },
    {
      id: 'sealed-upload-revoked',
      law: 3,
      from: "    .where('versions.lifecycle', 'in', ['ABORTED', 'EXPIRED'])\n",
      to: '',
      meaning: 'a client that has not heard the answer to its seal cannot ask again',
    },
    {
      id: 'retired-key-trusted-for-ever',
      law: 4,
      from: "    .where((where) => where.or([where('retiredAt', 'is', null), where('retiredAt', '>', since)]))\n",
      to: '',
      meaning: 'a key that was retired since it was stolen is trusted',
    },
    {
      id: 'revocations-beyond-the-first-answer',
      law: 4,
      from: 'const next = ended.length < mostRevocations ? undefined : ended.at(-1)?.subject',
      to: 'const next = undefined as string | undefined',
      meaning: 'of many deployments that have ended some can still be read',
    },
  ],
)
