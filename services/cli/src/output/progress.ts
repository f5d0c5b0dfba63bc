import type { Session } from '../session.js'
import { drawBars } from './progress-bars.js'
import type { Progress, ProgressPlan } from './progress-line.js'
import { printTransfers } from './progress-lines.js'

const silent: Progress = { line: () => ({ update: () => {}, end: () => {} }), stop: () => {} }

/**
 * Bars on a terminal that can move its cursor; elsewhere a line now and then, with `--json` a document; nothing when quiet.
 * @param plan where it is known before it begins; of several files the total is shown as well
 */
export function startProgress(session: Session, plan?: ProgressPlan): Progress {
  const { stderr, env } = session.environment
  const wanted = plan && plan.files > 1 ? plan : undefined
  if (session.options.quiet) return silent
  const isTerminal = stderr.isTTY && env.TERM !== 'dumb'
  if (isTerminal && !session.options.json) return drawBars(stderr as NodeJS.WriteStream, wanted)
  return printTransfers(session, wanted)
}
