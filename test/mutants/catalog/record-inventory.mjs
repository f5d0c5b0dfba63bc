import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/record-inventory.ts',
  ['services/catalog/test/inventory'],
  [
    {
      id: 'conflicting-digest-passes',
      law: 2,
      from: 'version.manifestDigest !== manifestDigest || version.imageId',
      to: 'version.imageId',
      meaning: 'a directory with another manifest is taken for the version',
    },
    {
      id: 'missing-is-not-noticed',
      law: 5,
      from: 'const missing = lookTime && isWhole ? await markMissing(trx, volumeId, look, lookTime) : []',
      to: 'const missing: string[] = []',
      meaning: 'a version whose bytes are gone is deployed',
    },
    {
      id: 'unlisted-image-is-missing',
      law: 5,
      from: 'lookTime && isWhole ?',
      to: 'lookTime ?',
      meaning: 'versions of an image whose directory cannot be listed are found missing',
    },
    {
      id: 'unreadable-is-missing',
      law: 5,
      from: '[...look.versions, ...look.unreadable]',
      to: '[...look.versions]',
      equivalent:
        'those that cannot be read have just been set as looked at, later than the look began, and only what was ' +
        'looked at before that is found missing',
      meaning: 'a version that the volume cannot read is found missing',
    },
    {
      id: 'sealed-during-the-look-is-missing',
      law: 5,
      from: 'and locations.last_checked < ${lookTime}::timestamptz',
      to: 'and ${lookTime}::timestamptz is not null',
      meaning: 'a version that was sealed after the look began is found missing',
    },
    {
      id: 'missing-on-another-volume',
      law: 5,
      from: 'and locations.volume_id = ${volumeId}',
      to: 'and ${volumeId}::text is not null',
      meaning: 'what another volume holds is found missing by this one',
    },
    {
      id: 'present-in-the-trash',
      law: 5,
      from: "else if (version.lifecycle === 'SEALED') present.push(versionId)",
      to: 'else present.push(versionId)',
      equivalent: 'presence counts only for what is SEALED: a version that is restored is looked at then',
      meaning: 'a version that is not sealed is marked as present',
    },
    {
      id: 'ended-upload-stays-staged',
      law: 3,
      from: "if (lifecycle === 'ABORTED' || lifecycle === 'EXPIRED') await repeatUploadEnd(trx, versionId)",
      to: '',
      suites: ['services/catalog/test/staged-again'],
      meaning: 'an upload that has ended and is on the volume again stays there for ever',
    },
    {
      id: 'unknown-upload-not-told',
      law: 8,
      from: 'return staged.filter((versionId) => !known.has(versionId))',
      to: 'return []',
      suites: ['services/catalog/test/staged-again'],
      meaning: 'a staged upload that the catalog does not know is told nowhere',
    },
    {
      id: 'place-in-the-inventory-not-compared',
      law: 12,
      from: 'version.manifestDigest !== manifestDigest || version.imageId !== imageId',
      to: 'version.manifestDigest !== manifestDigest',
      meaning:
        'a version that was moved to another image’s directory by hand counts as present after a start',
    },
  ],
)
