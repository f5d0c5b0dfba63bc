// All static checks, each with its time; the output of those that fail. Ends with 1 if one failed.
import { runStep } from './run-step.mjs'

/** Checks that only read, two at a time; the slow ones first. */
const checks = [
  { name: 'lint', command: ['eslint', '.', '--max-warnings', '0'] },
  {
    name: 'types of sources and tests',
    command: ['tsc', '--project', 'tsconfig.tests.json', '--pretty', 'false'],
  },
  { name: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  { name: 'project references', command: ['nx', 'sync:check'] },
  { name: 'contracts', command: ['buf', 'lint'] },
  { name: 'documented errors', command: ['node', 'tools/error-table.mjs', '--check'] },
  { name: 'documented settings', command: ['node', 'tools/configuration-page.mjs', '--check'] },
  {
    name: 'mutants fit the code',
    command: ['node', 'tools/mutants.mjs', '--check'],
    // Who changes the code may bring them up to date later.
    reportOnly: true,
  },
  {
    name: 'contracts as they were',
    command: ['buf', 'breaking', '--against', '.git#branch=main,subdir=proto'],
    // Until the contracts are released a break is told and allowed.
    reportOnly: true,
  },
]

async function perform({ name, command: [program, ...programArguments], reportOnly = false }) {
  const { code, output, seconds } = await runStep(program, programArguments, { quiet: true })
  const word = code === 0 ? 'ok    ' : reportOnly ? 'note  ' : 'FAILED'
  process.stdout.write(`${word} ${seconds.toFixed(1).padStart(5)} s  ${name}\n`)
  if (code !== 0) process.stdout.write(`${output.trimEnd()}\n`)
  return code === 0 || reportOnly
}

const built = await perform({ name: 'build', command: ['node', 'tools/build.mjs'] })
const results = [built]
if (built) {
  const waiting = [...checks]
  const performWaiting = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) results.push(await perform(check))
  }
  await Promise.all([performWaiting(), performWaiting()])
}
process.exitCode = results.every(Boolean) ? 0 : 1
