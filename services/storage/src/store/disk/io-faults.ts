import { DomainError } from '@goldkeep/domain'
import { errnoName, isErrno } from './syscalls.js'

const fullCodes = ['ENOSPC', 'EDQUOT'] as const

/** A fault of the operating system as a domain error; every other error as it is. */
export function toIoFault(doing: string, error: unknown): Error {
  if (!isErrno(error)) return error instanceof Error ? error : new Error(String(error))
  const { message } = error
  const code = errnoName(error.code ?? 'unknown')
  const metadata = { doing, code }
  if (isErrno(error, ...fullCodes))
    return new DomainError(
      'NO_SPACE',
      `${doing}: the volume is full (${code}); make room, then go on`,
      metadata,
      { cause: error },
    )
  return new DomainError('IO_ERROR', `${doing}: the volume answered ${code}: ${message}`, metadata, {
    cause: error,
  })
}

/** Runs `work`; its faults say what was being done. */
export async function describeFaults<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw toIoFault(doing, error)
  }
}
