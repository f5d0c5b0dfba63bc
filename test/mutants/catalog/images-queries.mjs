import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/db/images-queries.ts',
  ['services/catalog/test/pointer', 'services/catalog/test/primary'],
  [
    {
      id: 'pointer-moved-from-anywhere',
      law: 5,
      from: ".where('primaryVersionId', 'is not distinct from', from)",
      to: '',
      meaning: 'the pointer moves although it is elsewhere by now',
    },
    {
      id: 'pointer-move-unnoticed',
      law: 5,
      from: 'if (numUpdatedRows === 0n)',
      to: 'if (numUpdatedRows < 0n)',
      meaning: 'a promotion is answered although the pointer has not moved',
    },
    {
      id: 'generation-id-kept',
      law: 12,
      from: '      generationId: sql`gen_random_uuid()`,\n',
      to: '',
      suites: ['services/catalog/test/publications'],
      meaning: 'after the database was put back another state is taken for the one on the volume',
    },
    {
      id: 'generation-stands-still',
      law: 12,
      from: 'generation: sql`generation + 1`',
      to: 'generation: sql`generation`',
      suites: [
        'services/catalog/test/pointer',
        'services/catalog/test/primary',
        'services/catalog/test/jobs',
        'services/catalog/test/main-path',
      ],
      meaning: 'what changes is not published',
    },
    {
      id: 'pointer-moves-without-publication',
      law: 12,
      from: ')\n  await publishChange(trx, uid)\n}',
      to: ')\n}',
      suites: [
        'services/catalog/test/pointer',
        'services/catalog/test/primary',
        'services/catalog/test/main-path',
      ],
      meaning: 'a new primary does not raise what is to be published',
    },
    {
      id: 'image-not-locked',
      law: 5,
      from: ".where(sql`lower(image_id)`, '=', imageId.toLowerCase())\n    .where('deletedAt', 'is', null)\n    .forUpdate()",
      to: ".where(sql`lower(image_id)`, '=', imageId.toLowerCase())\n    .where('deletedAt', 'is', null)",
      suites: [
        'services/catalog/test/pointer',
        'services/catalog/test/primary',
        'services/catalog/test/uploads',
      ],
      meaning: 'two promotions look at the same primary',
    },
  ],
)
