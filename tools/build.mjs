// Generates the contracts and compiles everything that changed; says nothing unless it fails.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root, runStep } from './run-step.mjs'

// `npm ci --omit=dev` has no compiler, and what it installs was built elsewhere.
if (!existsSync(join(root, 'node_modules', 'typescript'))) process.exit(0)

const steps = [
  ['nx', ['run', '@goldkeep/contracts:generate', '--outputStyle=static']],
  // One compiler for all projects takes half the time of one for each, which `nx run-many -t build` starts.
  ['tsc', ['--build', '--pretty', 'false']],
  // One file instead of six hundred: a command answers in half the time.
  [
    'esbuild',
    [
      'services/cli/dist/main.js',
      '--bundle',
      '--platform=node',
      '--format=esm',
      '--target=node20',
      '--log-level=warning',
      `--banner:js=import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`,
      '--outfile=services/cli/dist/goldkeep.js',
    ],
  ],
]
for (const [command, commandArguments] of steps) {
  const { code, output } = await runStep(command, commandArguments, { quiet: true })
  if (code !== 0) {
    process.stderr.write(`${output}\n${command} ${commandArguments.join(' ')}: exit code ${code}\n`)
    process.exit(1)
  }
}
