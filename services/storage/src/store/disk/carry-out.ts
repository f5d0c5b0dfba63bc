import type { VersionCommand } from '../version-commands.js'
import type { CommandAnswers, CommandPlans, CommandVerb } from './command-records.js'
import { describeFaults } from './io-faults.js'
import { tidyOvertaken } from './sidecars.js'
import { requireRecovered, requireSynced, type VolumeContents } from './volume-contents.js'

interface CommandSteps<Verb extends CommandVerb> {
  /** Looks, refuses, and decides; changes nothing. */
  plan(): Promise<CommandPlans[Verb]>
  /** Does what was planned, and may find any part of it done already. */
  run(plan: CommandPlans[Verb]): Promise<CommandAnswers[Verb]>
}

/**
 * Carries out a command about a version: what it will do is on stable storage before it does it. One that
 * is repeated gets the recorded answer, or is completed.
 *
 * A start completes no command by itself: the catalog repeats what it still wants, and knows what it wants.
 * Until then everything is whole, in the old place or in the new one.
 * @throws DomainError STALE_COMMAND, and what `plan` refuses
 */
export function carryOut<Verb extends CommandVerb>(
  volume: VolumeContents,
  verb: Verb,
  command: VersionCommand,
  steps: CommandSteps<Verb>,
): Promise<CommandAnswers[Verb]> {
  const { commands } = volume
  const { versionId } = command
  return describeFaults(`${verb} ${versionId}`, async () => {
    const before = commands.recall<CommandVerb>(versionId, verb, command)
    if (before?.answer !== undefined) return before.answer as CommandAnswers[Verb]
    requireRecovered(volume, versionId)
    requireSynced(volume, versionId)
    const plan = (before?.plan ?? (await steps.plan())) as CommandPlans[Verb]
    if (!before) {
      await tidyOvertaken(volume, versionId)
      await commands.begin(versionId, command, verb, plan)
    }
    const answer = await steps.run(plan)
    await commands.finish(versionId, command, answer)
    return answer
  })
}
