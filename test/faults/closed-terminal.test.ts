import { freePort, temporaryDirectory, waitUntil } from '@goldkeep/testing'
import { expect, test } from '@jest/globals'
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../services/cli/bin/goldkeep.js', import.meta.url))

/** Tells whether a process has a handler for SIGHUP, the signal with the lowest bit. */
const catchesHangup = (pid: string): boolean =>
  /^SigCgt:\s*[0-9a-f]*[13579bdf]$/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))

test('a command whose terminal is closed ends by that signal, and does not abort', async () => {
  const directory = await temporaryDirectory('closed-terminal')
  const [pidFile, endFile] = [join(directory.path, 'pid'), join(directory.path, 'end')]
  const inside = [
    `trap 'kill -HUP $pid' HUP; '${process.execPath}' '${program}' status --retry-for 1m &`,
    `pid=$!; echo $pid >${pidFile}; wait; wait $pid; echo $? >${endFile}.new; mv ${endFile}.new ${endFile}`,
  ].join(' ')
  const address = `127.0.0.1:${String(await freePort())}`
  const env = { ...process.env, GOLDKEEP_ADDRESS: address, GOLDKEEP_TOKEN: 'gk_x', SHELL: '/bin/bash' }
  const terminal = spawn('script', ['-qec', inside, '/dev/null'], { env, stdio: 'ignore' })
  const runs = (): boolean => existsSync(pidFile) && catchesHangup(readFileSync(pidFile, 'utf8').trim())
  await waitUntil(runs, { timeoutMs: 20_000, what: 'the command runs' })
  terminal.kill('SIGKILL')
  await waitUntil(() => existsSync(endFile), { timeoutMs: 20_000, what: 'the command has ended' })
  expect(readFileSync(endFile, 'utf8')).toBe(`${String(128 + constants.signals.SIGHUP)}\n`)
  await directory.remove()
}, 50_000)
