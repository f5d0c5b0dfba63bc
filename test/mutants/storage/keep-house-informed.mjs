import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/keep-house-informed.ts',
  ['services/storage/test/another-database'],
  [
    {
      id: 'volume-not-announced-to-another-database',
      law: 12,
      from: '    await announce(on)\n  }\n  const announcing',
      to: '  }\n  const announcing',
      meaning: 'a database that was put back under a running storage is not compared with the volume',
    },
    {
      id: 'announcement-counts-before-it-is-heard',
      law: 12,
      from: '    announcedTo = { incarnation: await announceVolume(dependencies, address, on), stepsBack }',
      to: '    announcedTo = { ...trust.database, stepsBack }\n    await announceVolume(dependencies, address, on)',
      meaning: 'an announcement that failed is not repeated',
    },
  ],
)
