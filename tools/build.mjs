// Generates the contracts, compiles what changed and bundles what ships; says nothing unless it fails.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { dateBy, isFresh } from './freshness.mjs'
import { root, runStep } from './run-step.mjs'

// `npm ci --omit=dev` has no compiler, and what it installs was built elsewhere.
if (!existsSync(join(root, 'node_modules', 'typescript'))) process.exit(0)

/** What is shipped as one file, and starts in a third of the time of its hundreds of modules. */
const bundles = {
  'services/catalog/dist/bundle': 'services/catalog/dist/main.js',
  'services/storage/dist/bundle': 'services/storage/dist/main.js',
  'services/worker/dist/bundle': 'services/worker/dist/main.js',
  'services/cli/dist/goldkeep': 'services/cli/dist/main.js',
  'deploy/all-in-one/dist/bundle': 'deploy/all-in-one/dist/main.js',
}

/** In their order. A step with `to` is left out while all of that is younger than all of `from`. */
const steps = [
  {
    command: ['nx', 'run', '@goldkeep/contracts:generate', '--outputStyle=static'],
    from: ['proto', 'buf.gen.yaml', 'buf.yaml', 'package-lock.json'],
    to: ['libs/contracts/src/generated'],
  },
  // One compiler for all projects takes half the time of one for each, which `nx run-many -t build` starts.
  { command: ['tsc', '--build', '--pretty', 'false'] },
  {
    command: [
      'esbuild',
      ...Object.entries(bundles).map(([bundle, main]) => `${bundle}=${main}`),
      '--bundle',
      '--platform=node',
      '--format=esm',
      '--target=node20',
      '--log-level=warning',
      // It reads its definition from a file beside itself.
      '--external:grpc-health-check',
      `--banner:js=import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);`,
      '--outdir=.',
    ],
    from: ['tools/build.mjs', 'package-lock.json', '*/*/dist/tsconfig.tsbuildinfo'],
    to: Object.keys(bundles).map((bundle) => `${bundle}.js`),
  },
]

for (const { command, from = [], to = [] } of steps) {
  if (to.length > 0 && isFresh(from, to)) continue
  const began = new Date()
  const [program, ...programArguments] = command
  const { code, output } = await runStep(program, programArguments, { quiet: true })
  if (code !== 0) {
    process.stderr.write(`${output}\n${command.join(' ')}: exit code ${code}\n`)
    process.exit(1)
  }
  dateBy(to, began)
}
