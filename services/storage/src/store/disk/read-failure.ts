import { isErrno } from './syscalls.js'

/** These say what is there, and not that it could not be read. */
const tellsWhatIsThere = ['ENOTDIR', 'ELOOP', 'ENOENT'] as const

/** Whether a look failed without saying anything about what is there: a disk's fault, a mount that is stale, a mode. */
export function isReadFailure(error: unknown): error is NodeJS.ErrnoException {
  return isErrno(error) && !isErrno(error, ...tellsWhatIsThere)
}
