import { commandLine } from '@goldkeep/domain'
import { relative } from 'node:path'
import type { RunningHouse } from './compose.js'
import { systemHome } from './home.js'

/** What a person needs to know once everything serves. */
export function announceHouse({ addresses, home }: RunningHouse): string {
  return [
    'goldkeep is ready',
    `  catalog   ${addresses.catalog}`,
    `  storage   ${addresses.storage}`,
    `  postgres  ${addresses.postgres}`,
    `  home      ${home}`,
    `Try: ${commandPrefix(home)}npx goldkeep status`,
    '',
  ].join('\n')
}

/** The command line finds `.goldkeep` in the working directory, and the system's home, by itself. */
function commandPrefix(home: string): string {
  const isFound = home === systemHome || relative(process.cwd(), home) === '.goldkeep'
  return isFound ? '' : `GOLDKEEP_HOME=${commandLine(home)} `
}
