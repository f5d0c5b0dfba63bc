import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/db/house-queries.ts',
  ['services/catalog/test/database-state', 'services/catalog/test/publications'],
  [
    {
      id: 'retired-key-signs',
      law: 4,
      from: "    .where('retiredAt', 'is', null)\n",
      to: '',
      suites: ['services/catalog/test/trust'],
      meaning: 'a key that was retired signs new tickets',
    },
    {
      id: 'epoch-goes-back',
      law: 4,
      from: 'greatest(epoch, ${seen}::bigint + 1)',
      to: '${seen}::bigint + 1',
      meaning: 'a volume that has seen less lowers the epoch, and earlier commands count again',
    },
    {
      id: 'copy-of-the-database-taken-for-it',
      law: 12,
      from: '        (select oid from pg_database where datname = current_database()),\n',
      to: '',
      meaning: 'a database that was put back under its name is not compared with the volumes',
    },
    {
      id: 'rows-put-back-unnoticed',
      law: 12,
      from: ', (select xmin from house))',
      to: ')',
      meaning: 'a database whose rows were put back is not compared with the volumes',
    },
    {
      id: 'raised-epoch-publishes-nothing',
      law: 12,
      from: '  await forgetPublications(trx)\n',
      to: '',
      meaning: 'what a later state of the database has published stays on the volumes',
    },
  ],
)
