// Keeps storage under load for a while, kills it and spoils its connections at random, and holds it to its
// laws: npm run soak -- --minutes 30 --seed any-text. Exits with 1 when a law is broken.
import { parseArgs } from 'node:util'
import { runStep } from './run-step.mjs'

const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } })
const minutes = Number(values.minutes ?? '10')
if (!(minutes > 0)) {
  process.stderr.write(`--minutes: expected a number above 0, found ${values.minutes}\n`)
  process.exit(2)
}

if ((await runStep('node', ['tools/build.mjs'])).code !== 0) process.exit(1)
const { code } = await runStep('jest', ['--config', 'tools/jest-soak.mjs'], {
  env: {
    NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
    GOLDKEEP_SOAK_MINUTES: String(minutes),
    ...(values.seed !== undefined && { GOLDKEEP_SOAK_SEED: values.seed }),
  },
})
process.exitCode = code
