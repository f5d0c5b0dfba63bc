import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/domain/promotion.ts',
  ['services/catalog/src/domain/promotion.test', 'services/catalog/test/primary'],
  [
    {
      id: 'force-without-a-reason',
      law: 5,
      from: "if (options.force && options.reason.trim() === '')",
      to: "if (options.force && options.reason === '\\0')",
      meaning: 'a promotion is forced without saying why',
    },
    {
      id: 'promotion-of-what-is-not-sealed',
      law: 5,
      from: "if (version.lifecycle !== 'SEALED')\n    throw",
      to: "if (version.lifecycle === 'PURGED')\n    throw",
      meaning: 'an upload or a trashed version becomes primary',
    },
    {
      id: 'promotion-of-what-is-being-moved',
      law: 5,
      from: 'if (version.pendingCommand !== null)',
      to: "if (version.pendingCommand === 'END_UPLOAD')",
      meaning: 'a version that storage was told to trash becomes primary',
    },
    {
      id: 'promotion-of-what-is-missing',
      law: 5,
      from: "if (version.presence === 'MISSING')",
      to: "if (version.versionId === '')",
      meaning: 'a version whose bytes are missing becomes primary',
    },
    {
      id: 'promotion-of-what-is-damaged',
      law: 5,
      from: "if (version.presence === 'DAMAGED') return versionDamaged(version.versionId)",
      to: '',
      meaning: 'a damaged version becomes primary without force',
    },
    {
      id: 'promotion-of-what-is-marked-bad',
      law: 5,
      from: "if (version.mark === 'BAD')",
      to: "if (version.versionId === '')",
      meaning: 'a version that is marked bad becomes primary without force',
    },
    {
      id: 'promotion-of-what-is-not-valid',
      law: 5,
      from: "if (version.verdict !== 'VALID')",
      to: "if (version.verdict === 'INVALID')",
      meaning: 'a version that nobody has checked becomes primary without force',
    },
    {
      id: 'obstacles-without-effect',
      law: 5,
      from: 'if (obstacle && !options.force) throw obstacle',
      to: '',
      meaning: 'nothing stands in the way of a promotion',
    },
    {
      id: 'rollback-to-a-version-under-way',
      law: 5,
      from: "version.presence === 'PRESENT' && version.pendingCommand === null",
      to: "version.presence === 'PRESENT'",
      meaning: 'a rollback lands on a version that storage was told to trash',
    },
    {
      id: 'rollback-to-damaged-bytes',
      law: 5,
      from: "version.presence === 'PRESENT' && version.pendingCommand === null",
      to: "version.presence !== 'MISSING' && version.pendingCommand === null",
      meaning: 'a rollback lands on damaged bytes by itself',
    },
  ],
)
