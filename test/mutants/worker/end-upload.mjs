import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/worker/src/operations/end-upload.ts',
  ['services/worker/test/commands'],
  [
    {
      id: 'order-conflict-not-told',
      law: 4,
      from: "    if (!isDomainError(error, 'ORDER_CONFLICT')) throw error\n",
      to: '    throw error\n',
      meaning: 'after a database was put back an upload can never be ended',
    },
  ],
)
