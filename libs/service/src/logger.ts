import pino, { type DestinationStream, type Logger } from 'pino'

export type { Logger }

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** JSON lines on standard error; secrets never reach them. */
export function createLogger(
  service: string,
  level: LogLevel = 'info',
  destination?: DestinationStream,
): Logger {
  return pino(
    {
      level,
      base: { service },
      redact: {
        paths: ['token', 'secret', 'ticket', 'authorization', '*.token', '*.secret', '*.ticket'],
        censor: '[secret]',
      },
      serializers: { err: describeFault },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    destination ?? pino.destination({ dest: 2, sync: true }),
  )
}

/**
 * What is told of a fault, its causes within the stack. Drivers hang whole clients on their errors, with
 * addresses and passwords; none of that is told.
 */
function describeFault(fault: unknown): unknown {
  if (!(fault instanceof Error)) return { type: typeof fault, message: String(fault) }
  const { type, message, stack } = pino.stdSerializers.err(fault)
  return { type, message, stack, ...pickText(fault, 'code'), ...pickText(fault, 'reason') }
}

function pickText(fault: Error, key: 'code' | 'reason'): Record<string, string | number> {
  const value: unknown = (fault as unknown as Record<string, unknown>)[key]
  return typeof value === 'string' || typeof value === 'number' ? { [key]: value } : {}
}
