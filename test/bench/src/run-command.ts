import { spawn } from 'node:child_process'

/**
 * Runs a program, or a line of `sh`, to its end.
 * @returns how long it took, in seconds
 * @throws Error with what it said when its exit code is not 0
 */
export async function timeCommand(command: string | readonly [string, ...string[]]): Promise<number> {
  const [program, ...parameters] = typeof command === 'string' ? ['sh', '-c', command] : command
  const begun = performance.now()
  const child = spawn(program ?? '', parameters, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (text: Buffer) => (said += text.toString()))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0) throw new Error(`${[program, ...parameters].join(' ')}: exit code ${code}\n${said}`)
  return (performance.now() - begun) / 1000
}

/** What makes a peer's upload as safe as ours: its file on stable storage, and its digest known. */
export async function syncAndHash(file: string): Promise<number> {
  return timeCommand(['sync', file]).then(
    async (synced) => synced + (await timeCommand(['openssl', 'dgst', '-sha256', file])),
  )
}
