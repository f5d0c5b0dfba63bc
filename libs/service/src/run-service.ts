import { endByHangup, watchForHangup } from '@goldkeep/client'
import { ConfigError, configExitCode } from './config.js'

/** A service that serves. */
export interface RunningService {
  /** Stops in phases; resolves when nothing of it is left. */
  readonly stop: () => Promise<void>
  /** Rejects when the service cannot go on, such as an owner that lost its volume. */
  readonly failed?: Promise<never>
}

/**
 * The life of a process: starts the service, waits for a signal or a fatal fault, stops it. A second
 * signal ends the process at once. Exits with 78 when the configuration cannot be used.
 */
export async function runService<Running extends RunningService>(
  name: string,
  start: (signal: AbortSignal) => Promise<Running>,
  onReady: (running: Running) => void = () => process.stdout.write(`goldkeep ${name} is ready\n`),
): Promise<void> {
  const stopping = new AbortController()
  watchForHangup()
  const stopped = new Promise<void>((resolve) => {
    const onSignal = (): void => {
      if (stopping.signal.aborted) process.exit(130)
      stopping.abort()
      resolve()
    }
    // SIGHUP comes when the terminal is closed in which the process runs.
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal)
  })
  try {
    const running = await start(stopping.signal)
    onReady(running)
    const fault = await Promise.race([stopped, running.failed ?? stopped]).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    )
    await running.stop()
    if (fault) throw fault
    endByHangup()
    process.exit(0)
  } catch (error) {
    endByHangup()
    if (stopping.signal.aborted && error === stopping.signal.reason) process.exit(0)
    process.stderr.write(`goldkeep ${name}: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(error instanceof ConfigError ? configExitCode : 1)
  }
}
