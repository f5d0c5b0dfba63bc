import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/operations/list-inventory.ts',
  ['services/storage/test/another-database'],
  [
    {
      id: 'inventory-without-the-last-commands',
      law: 4,
      from: '  for (const batch of inBatches(commands, size)) yield { volumeId, commands: batch }\n',
      to: '',
      meaning: 'a database that was put back gives out orders that are refused for ever',
    },
    {
      id: 'inventory-without-damaged-directories',
      law: 5,
      from: '  for (const batch of inBatches(copies, size)) yield { volumeId, copies: batch }\n',
      to: '',
      meaning: 'a version whose manifest is gone is told as missing',
    },
  ],
)
