import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/operations/command-version.ts',
  ['services/storage/test/commands/commands-at-once'],
  [
    {
      id: 'purge-beside-another-command',
      law: 7,
      from: '  return desk.exclusively(command.versionId, () => store.purge(command))',
      to: '  return store.purge(command)',
      meaning: 'a version is restored while its purge begins',
    },
    {
      id: 'clone-while-its-source-is-trashed',
      law: 4,
      from: '  return desk.exclusively(first, () => desk.exclusively(second, work))',
      to: '  return desk.exclusively(versions[0], work)',
      meaning: 'the source of a clone goes away in the middle',
    },
  ],
)
