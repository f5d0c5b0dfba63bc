import { startProcess } from '@goldkeep/testing'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('slow-line-process.js', import.meta.url))

/** A line with latency, in a process of its own so that it takes no time of those who are measured. */
export interface SlowLine {
  /** @returns the address by which `port` of this machine is reached over the line */
  to(port: number): Promise<string>
  /** In milliseconds, each way. */
  delay(milliseconds: number): Promise<void>
  stop(): Promise<void>
}

export async function startSlowLine(): Promise<SlowLine> {
  const running = startProcess(process.execPath, [program])
  const [, control = ''] = await running.waitForLine(/^control (\S+)$/)
  const ask = async (path: string): Promise<string> => (await fetch(`http://${control}${path}`)).text()
  return {
    to: (port) => ask(`/to/${port}`),
    delay: async (milliseconds) => {
      await ask(`/delay/${milliseconds}`)
    },
    stop: async () => {
      await running.stop()
    },
  }
}
