import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/begin-upload.ts',
  ['services/catalog/test/open-uploads', 'services/catalog/test/uploads'],
  [
    {
      id: 'second-upload-beside-the-first',
      law: 1,
      from: "if (newest && order.onOpen === 'REFUSE') throw",
      to: 'if (newest && order.onOpen === undefined) throw',
      meaning: 'a machine that has an open upload ends it without being asked',
    },
    {
      id: 'resume-with-another-schema',
      law: 2,
      from: 'assertSameTerms(newest, { schemaDigest, capture, labels: order.labels, note: order.note })',
      to: '',
      meaning: 'an upload is resumed with another schema, or as another kind of capture',
    },
    {
      id: 'replaced-upload-goes-on',
      law: 4,
      from: "for (const { versionId } of open) await requestUploadEnd(trx, versionId, 'ABORTED', actor, 'replaced')",
      to: '',
      meaning: 'a replaced upload stays open beside its successor',
    },
    {
      id: 'numbers-given-twice',
      law: 1,
      from: '.set({ nextNumber: sql`next_number + 1` })',
      to: '.set({ nextNumber: sql`next_number` })',
      meaning: 'two versions of an image have the same number',
    },
  ],
)
