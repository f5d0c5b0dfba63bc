import { endByHangup, expectLargeBuffers, watchForHangup } from '@goldkeep/client'
import { openStandardOutput } from './output/standard-output.js'
import { runCli } from './run-cli.js'

const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    if (interrupted.signal.aborted) process.exit(130)
    interrupted.abort()
  })
watchForHangup()
const stdout = openStandardOutput()
// A command ends by its own exit code, also when nobody reads what it says. Lost data are looked for at the end.
for (const stream of [stdout, process.stderr]) stream.on('error', () => {})

expectLargeBuffers()
process.exitCode = await runCli(process.argv.slice(2), {
  stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  cwd: process.cwd(),
  signal: interrupted.signal,
})
endByHangup()
