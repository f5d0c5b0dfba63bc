import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/carry-out.ts',
  [
    'services/storage/test/commands/clone-version',
    'services/storage/test/commands/trash-and-restore',
    'services/storage/test/commands/late-commands',
    'services/storage/test/commands/overtaken-commands',
    'services/storage/test/commands/what-a-start-does',
  ],
  [
    {
      id: 'repeated-command-is-done-again',
      law: 4,
      from: 'if (before?.answer !== undefined) return before.answer as CommandAnswers[Verb]',
      to: '',
      suites: ['services/storage/test/commands/late-commands'],
      meaning: 'a repeat does not get the recorded answer',
    },
    {
      id: 'command-about-an-unrecovered-upload',
      law: 2,
      from: 'requireRecovered(volume, versionId)',
      to: '',
      suites: [
        'services/storage/test/commands/purge-version',
        'services/storage/test/what-recovery-cannot-read',
        'services/storage/test/commands/what-a-start-does',
      ],
      meaning: 'a command is decided although the version’s upload could not be read',
    },
    {
      id: 'command-after-an-unsynced-rename',
      law: 3,
      from: 'requireSynced(volume, versionId)',
      to: '',
      suites: [
        'services/storage/test/commands/trash-and-restore',
        'services/storage/test/commands/faults-of-commands',
      ],
      meaning: 'a version of which nobody knows where it is gets further commands',
    },
    {
      id: 'repeated-command-plans-anew',
      law: 4,
      from: 'const plan = (before?.plan ?? (await steps.plan()))',
      to: 'const plan = (await steps.plan())',
      suites: ['services/storage/test/commands/repeated-renames'],
      meaning: 'a command that was cut off decides again, and may decide otherwise',
    },
    {
      id: 'command-not-recorded-before-it-is-done',
      law: 4,
      from: 'await commands.begin(versionId, command, verb, plan)',
      to: '',
      suites: [
        'services/storage/test/commands/trash-and-restore',
        'services/storage/test/commands/late-commands',
        'services/storage/test/commands/overtaken-commands',
      ],
      meaning: 'a late command is not refused while a newer one is being done',
    },
    {
      id: 'command-answer-not-recorded',
      law: 3,
      from: 'await commands.finish(versionId, command, answer)',
      to: '',
      suites: ['services/storage/test/commands/late-commands'],
      meaning: 'the answer of a command is not kept',
    },
    {
      id: 'overtaken-sidecar-stays',
      law: 8,
      from: 'await tidyOvertaken(volume, versionId)',
      to: '',
      suites: [
        'services/storage/test/commands/trash-and-restore',
        'services/storage/test/commands/overtaken-commands',
        'services/storage/test/commands/what-a-start-does',
      ],
      meaning: 'a trash that was overtaken leaves its sidecar behind',
    },
  ],
)
