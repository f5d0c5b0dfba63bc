// Runs every test of the workspace in one jest run. Arguments go to jest: `npm test -- services/storage`.
// With --all first: every case of the long matrices, of which else a sample is drawn from the commit.
// With --large first: the tests that take too long for every day.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root, runStep } from './run-step.mjs'

const [first, ...others] = process.argv.slice(2)
const large = first === '--large'
const config = large ? 'tools/jest-large.mjs' : 'tools/jest-all.mjs'
const jestArguments = large || first === '--all' ? others : process.argv.slice(2)
const report = join(root, 'test-results', 'jest.json')

const preparations = [
  ['node', ['tools/ensure-debian-packages.mjs', 'wimtools', 'redis-server', 'strace', 'lz4']],
  ['node', ['tools/build.mjs']],
]
for (const [command, commandArguments] of preparations)
  if ((await runStep(command, commandArguments)).code !== 0) process.exit(1)

mkdirSync(join(root, 'test-results'), { recursive: true })
rmSync(report, { force: true })
const { code, seconds } = await runStep(
  'jest',
  ['--config', config, '--json', `--outputFile=${report}`, ...jestArguments],
  {
    env: {
      NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
      GOLDKEEP_MATRICES: first === '--all' ? 'all' : await commit(),
    },
  },
)
if (!existsSync(report)) process.exit(code || 1)
const { numPassedTests, numFailedTests, numTotalTests } = JSON.parse(readFileSync(report, 'utf8'))
process.stdout.write(
  `\n${numPassedTests} of ${numTotalTests} tests passed, ${numFailedTests} failed, in ${Math.round(seconds)} s\n`,
)
process.exitCode = code

/** Where there is no git, one sample is as good as another. */
async function commit() {
  const { code, output } = await runStep('git', ['rev-parse', 'HEAD'], { quiet: true })
  return code === 0 ? output.trim() : 'no commit'
}
