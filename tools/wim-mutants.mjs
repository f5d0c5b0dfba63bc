// Damages real captures in many ways and compares the verdicts with what wimlib's three readers say:
// node tools/wim-mutants.mjs --count 2000 --seed 7. Exits with 1 when a capture that one of them refuses is VALID,
// or when one is without a verdict. --verbose also prints those that they take and that are INVALID.
import { parseArgs } from 'node:util'
import { runStep } from './run-step.mjs'

const { values } = parseArgs({
  options: { count: { type: 'string' }, seed: { type: 'string' }, verbose: { type: 'boolean' } },
})
const { code } = await runStep('jest', ['--config', 'tools/jest-all.mjs', 'libs/checks/test/mutants'], {
  env: {
    NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
    GOLDKEEP_WIM_MUTANTS: values.count ?? '2000',
    ...(values.seed !== undefined && { GOLDKEEP_WIM_SEED: values.seed }),
    ...(values.verbose && { GOLDKEEP_WIM_VERBOSE: '1' }),
  },
})
process.exitCode = code
