import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'libs/tickets/src/service-tickets.ts',
  ['libs/tickets/src/tickets.test'],
  [
    {
      id: 'service-ticket-for-anybody',
      law: 3,
      from: 'if (aud !== audienceOf(self))',
      to: 'if (!aud)',
      meaning: 'the storage of another volume takes a command for its own',
    },
  ],
)
