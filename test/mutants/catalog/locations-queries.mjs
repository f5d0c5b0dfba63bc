import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/db/locations-queries.ts',
  ['services/catalog/test/inventory'],
  [
    {
      id: 'damage-healed-by-a-look',
      law: 5,
      from: "case locations.presence when 'DAMAGED' then 'DAMAGED' else 'PRESENT' end",
      to: "'PRESENT'",
      meaning: 'damaged bytes are whole because they are there',
    },
    {
      id: 'missing-stays-missing',
      law: 5,
      from: "case locations.presence when 'DAMAGED' then 'DAMAGED' else 'PRESENT' end",
      to: 'locations.presence',
      meaning: 'a version that is back stays missing',
    },
  ],
)
