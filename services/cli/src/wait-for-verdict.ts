import { catalog } from '@goldkeep/contracts'
import { DomainError, exitCodes } from '@goldkeep/domain'
import { setTimeout as pause } from 'node:timers/promises'
import { CliError } from './cli-error.js'
import type { Session } from './session.js'
import { showChecks } from './show-checks.js'
import { lifecycleWord } from './views/words.js'

const askEveryMs = 200
/** The catalog may learn of a seal a little later than the one who sealed. */
const sealGraceMs = 15_000

/**
 * Waits until the checks of a sealed version have a verdict, then shows them.
 * @throws CliError CHECKS_FAILED when it is INVALID, NOT_JUDGED when the checks were given up, TIMEOUT when there is
 *   no verdict in time
 */
export async function waitForVerdict(
  session: Session,
  version: catalog.Version,
  timeoutMs: number,
  more: object = {},
): Promise<void> {
  const { versions } = await session.catalog()
  const { versionId } = version
  const begunAt = performance.now()
  const name = `${version.imageId}@${version.number}`
  let said = ''
  for (let now = version; ; now = await versions.get({ by: { $case: 'versionId', value: versionId } })) {
    if (now.lifecycle !== catalog.Lifecycle.LIFECYCLE_SEALED)
      refuseUnlessSoonSealed(now, name, performance.now() - begunAt)
    else if (now.presence === catalog.Presence.PRESENCE_MISSING) throw isMissing(now, name)
    else if (now.verdict !== catalog.Verdict.VERDICT_PENDING) return showChecks(session, now, more)
    if (performance.now() - begunAt > timeoutMs)
      throw new CliError(
        'TIMEOUT',
        `${name} has no verdict yet; \`goldkeep version wait ${name}\` waits on`,
        exitCodes.other,
      )
    const { progress, fault } = await versions.getChecks({ versionId })
    if (progress === givenUp) throw notJudged(name, versionId, fault)
    if (progress !== said) session.say(`${name}: checks are ${progress || 'not begun'}`)
    said = progress
    await pause(askEveryMs, undefined, { signal: session.signal })
  }
}

/** As GetChecks says it of a validation that is not tried again by itself. */
const givenUp = 'given up'

const notJudged = (name: string, versionId: string, fault: string): CliError =>
  new CliError(
    'NOT_JUDGED',
    `${name} could not be judged, and is not tried again by itself: ${fault}\nwhen that is mended: goldkeep version validate ${name}`,
    exitCodes.other,
    { version_id: versionId },
  )

const isMissing = ({ versionId, locations }: catalog.Version, name: string): DomainError =>
  new DomainError(
    'VERSION_MISSING',
    `${name} cannot be checked, since its bytes are missing (${locations.map(({ found }) => found).join('; ')})`,
    { version_id: versionId },
  )

function refuseUnlessSoonSealed(version: catalog.Version, name: string, waitedMs: number): void {
  const uploading = version.lifecycle === catalog.Lifecycle.LIFECYCLE_UPLOADING
  if (uploading && waitedMs < sealGraceMs) return
  const todo = uploading ? `seal it first: goldkeep upload seal ${version.versionId}` : 'no check will run'
  throw new DomainError(
    'VERSION_NOT_SEALED',
    `expected ${name} to be SEALED, found ${lifecycleWord(version.lifecycle)}; ${todo}`,
    { version_id: version.versionId },
  )
}
