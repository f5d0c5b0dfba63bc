import type { Logger } from './logger.js'

/** One step of stopping, with the time it may take. */
export interface ShutdownPhase {
  readonly name: string
  readonly timeoutMs: number
  readonly run: () => Promise<unknown>
}

/** Runs the phases in order. One that fails or takes too long is logged and does not hold up the next. */
export async function runPhases(log: Logger, phases: readonly ShutdownPhase[]): Promise<void> {
  for (const phase of phases) {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), phase.timeoutMs)
    })
    try {
      const outcome = await Promise.race([phase.run(), late])
      if (outcome === 'late')
        log.warn({ phase: phase.name, timeoutMs: phase.timeoutMs }, 'a shutdown phase took too long')
    } catch (error) {
      log.error({ phase: phase.name, err: error }, 'a shutdown phase failed')
    } finally {
      clearTimeout(timer)
    }
  }
}
