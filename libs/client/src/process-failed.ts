import type { Child, ChildEnd } from './child-process.js'

export type ChildRole = 'producer' | 'consumer'

/** A producer or consumer ended otherwise than with exit code 0. */
export class ProcessFailedError extends Error {
  override readonly name = 'ProcessFailedError'
  constructor(
    readonly role: ChildRole,
    readonly command: string,
    /** `exit code 3`, `signal SIGKILL`, `could not be started: …` */
    readonly failure: string,
    /** The last lines of its standard error. */
    readonly lastWords: string,
  ) {
    super(`the ${role} ${command} failed: ${failure}${lastWords && `\n${lastWords}`}`)
  }
}

/** @throws ProcessFailedError unless the program ends with exit code 0 */
export async function requireSuccess(child: Child, role: ChildRole, program: string): Promise<void> {
  const end = await child.end
  if (end.kind === 'code' && end.code === 0) return
  throw new ProcessFailedError(role, program, describeEnd(end), child.lastWords())
}

function describeEnd(end: ChildEnd): string {
  if (end.kind === 'code') return `exit code ${end.code}`
  if (end.kind === 'signal') return `signal ${end.signal}`
  return `could not be started: ${end.message}`
}
