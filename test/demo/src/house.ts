import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../../deploy/all-in-one/dist/bundle.js', import.meta.url))

/** How long a first start may take, in milliseconds. */
const startTimeout = 60_000

/** Starts the all-in-one in `home`, on free ports; resolves once it says that it is ready. */
export async function startHouse(home: string): Promise<{ readonly stop: () => Promise<void> }> {
  const child = spawn(process.execPath, [program], {
    env: {
      ...process.env,
      GOLDKEEP_HOME: home,
      GOLDKEEP_CATALOG_PORT: '0',
      GOLDKEEP_STORAGE_PORT: '0',
      GOLDKEEP_POSTGRES_PORT: '0',
      GOLDKEEP_LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  let printed = ''
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`the house was not ready in time:\n${printed}`)),
      startTimeout,
    )
    const read = (text: string): void => {
      printed += text
      if (printed.includes('goldkeep is ready')) {
        clearTimeout(late)
        resolve()
      }
    }
    child.stdout.setEncoding('utf8').on('data', read)
    child.stderr.setEncoding('utf8').on('data', read)
    child.once('error', reject)
    void closed.then(() => reject(new Error(`the house ended before it was ready:\n${printed}`)))
  }).catch((error: unknown) => {
    child.kill()
    throw error
  })
  return {
    stop: async () => {
      child.kill('SIGTERM')
      await closed
    },
  }
}
