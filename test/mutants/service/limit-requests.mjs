import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'libs/service/src/limit-requests.ts',
  ['libs/service/src/long-requests.test'],
  [
    {
      id: 'long-requests-at-once',
      law: 9,
      from: '  await takeTurn()\n',
      to: '',
      meaning: 'a dozen long requests hold up the reads of a deployment for seconds',
    },
  ],
)
