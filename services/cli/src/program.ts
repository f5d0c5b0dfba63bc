import { Command } from 'commander'
import { createActions, parseSpan } from './act.js'
import { addDeploy } from './commands/deploy/index.js'
import { addDoctor } from './commands/doctor.js'
import { addHistory } from './commands/history.js'
import { addImage } from './commands/image/index.js'
import { addJob } from './commands/job/list.js'
import { addPrimary } from './commands/primary.js'
import { addPromote } from './commands/promote.js'
import { addRollback } from './commands/rollback.js'
import { addStatus } from './commands/status.js'
import { addToken } from './commands/token/index.js'
import { addUpload } from './commands/upload/index.js'
import { addVersion } from './commands/version/index.js'
import { addVolume } from './commands/volume/index.js'
import { programVersion } from './agent-name.js'
import type { CliEnvironment } from './cli-environment.js'

const exitCodeHelp = `
Versions are named win11-lab@13, win11-lab@primary, win11-lab@latest, by id, or
by a unique prefix of one.

Exit codes: 0 done, 1 other, 2 usage, 3 not found, 4 not allowed,
5 conflict or precondition, 6 unreachable after retries (safe to repeat),
7 integrity or checks failed, 8 no space, 9 the producer or consumer failed,
130 interrupted.

The house is found by GOLDKEEP_ADDRESS and GOLDKEEP_TOKEN, or by a context file:
context.json in GOLDKEEP_HOME, in .goldkeep here or above, or in your
configuration directory.`

/** Columns of a description, below which help is wider than its terminal. */
const narrowestDescription = 20

/**
 * The whole command tree. The directory of commands is the manual.
 * @param behind the words behind `--`, marked
 */
export function createProgram(environment: CliEnvironment, behind?: readonly string[]): Command {
  const actions = createActions(environment, behind)
  const program = new Command('goldkeep')
    .description('Keeps golden images: every version beside the others, and you decide which is deployed.')
    .version(programVersion)
    .option('--json', 'data as one JSON document; an error as one on standard error')
    .option('-q, --quiet', 'no progress and no remarks')
    .option(
      '--retry-for <time>',
      'how long to try a server that does not answer (10s; transfers 2m)',
      parseSpan,
    )
    .addHelpText('after', exitCodeHelp)
    .showSuggestionAfterError()
    .configureHelp({ minWidthToWrap: narrowestDescription })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => environment.stdout.write(text),
      writeErr: (text) => environment.stderr.write(text),
      // What is wrong is said once, where exit codes are decided.
      outputError: () => {},
    })
  addStatus(program, actions)
  addImage(program, actions)
  addUpload(program, actions)
  addVersion(program, actions)
  addPromote(program, actions)
  addRollback(program, actions)
  addHistory(program, actions)
  addPrimary(program, actions)
  addDeploy(program, actions)
  addToken(program, actions)
  addJob(program, actions)
  addVolume(program, actions)
  addDoctor(program, actions)
  return program
}
