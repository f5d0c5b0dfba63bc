/** Of this program, from its package.json. */
export const programVersion = '0.1.0'

/** How the command line names itself to the catalog. */
export const agentName = `goldkeep-cli/${programVersion}`
