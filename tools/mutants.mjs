// Changes the code that guards the laws, one place at a time, and tells which changes no test notices:
// npm run mutants -- --only trash --shard 1/2. The checkout itself is never changed, a copy is. What was found
// is kept in test-results/mutants.jsonl, and is not tried again until the code, the test or the mutant changes.
// CONTRIBUTING.md explains the options.
import { startOwnTestPostgres, sharedPostgresVariable } from '@goldkeep/testing'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { mutants as table } from '../test/mutants/index.mjs'
import { findStaleness, whileMutated } from './mutants/apply-mutant.mjs'
import { copyCheckout } from './mutants/copy-checkout.mjs'
import { findSuites, listSuites } from './mutants/find-suites.mjs'
import { fingerprintOf, Results } from './mutants/results.mjs'
import { runSuites } from './mutants/run-suites.mjs'
import { root } from './run-step.mjs'

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    shard: { type: 'string', default: '1/1' },
    results: { type: 'string', default: join(root, 'test-results', 'mutants.jsonl') },
    limit: { type: 'string', default: '120' },
    again: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    trust: { type: 'boolean', default: false },
  },
})
const [shard, shards] = values.shard.split('/').map(Number)
const limitMs = Number(values.limit) * 1000
const chosen = table.filter(
  ({ id, file }) => !values.only || values.only.some((part) => `${file} ${id}`.includes(part)),
)
const own = chosen.filter((_, index) => index % shards === shard - 1)
const suites = listSuites(root)
const patternsFit = checkTable(own)
process.exitCode = values.check ? (patternsFit ? 0 : 1) : await tryAll()

/** Tells of every mutant that cannot be tried. @returns whether there is none */
function checkTable(mutants) {
  const ids = new Set()
  let fits = true
  for (const mutant of mutants) {
    const problem = ids.has(mutant.id) ? 'two mutants have this id' : problemOf(mutant)
    ids.add(mutant.id)
    if (problem) process.stdout.write(`stale     ${mutant.id}: ${problem}\n`)
    fits &&= !problem
  }
  return fits
}

function problemOf(mutant) {
  try {
    findSuites(suites, mutant.suites)
  } catch (error) {
    return error.message
  }
  return findStaleness(root, mutant)
}

/** @returns the exit code: 0 when every mutant was noticed or is known to change nothing */
async function tryAll() {
  const checkout = copyCheckout()
  const postgres = await startOwnTestPostgres()
  const env = { [sharedPostgresVariable]: postgres.url }
  const results = new Results(values.results)
  const outcomes = []
  try {
    const failing = values.trust ? new Set() : await findFailing(checkout.path, env)
    for (const mutant of own) {
      const result = await tryOne(checkout.path, mutant, env, results, failing)
      outcomes.push(result)
      tell(result, outcomes.length)
    }
  } finally {
    await postgres.stop()
    checkout.remove()
  }
  return sumUp(outcomes)
}

/** The suites that fail by themselves; they can judge no mutant. */
async function findFailing(checkout, env) {
  const failing = new Set()
  const used = [
    ...new Set(
      own.filter((mutant) => !problemOf(mutant)).flatMap((mutant) => findSuites(suites, mutant.suites)),
    ),
  ]
  const together = await runSuites(checkout, used, { limitMs: limitMs * used.length, env })
  if (together.outcome === 'passed') return failing
  for (const suite of used)
    if ((await runSuites(checkout, [suite], { limitMs, env })).outcome !== 'passed') {
      failing.add(suite)
      process.stdout.write(`broken    ${suite} fails without any mutant\n`)
    }
  return failing
}

async function tryOne(checkout, mutant, env, results, failing) {
  const { id, law, meaning, equivalent } = mutant
  const about = { id, law, meaning, ...(equivalent && { equivalent }) }
  if (problemOf(mutant)) return { ...about, outcome: 'stale', seconds: 0 }
  if (equivalent) return { ...about, outcome: 'equivalent', seconds: 0 }
  const judges = findSuites(suites, mutant.suites).filter((suite) => !failing.has(suite))
  if (judges.length === 0) return { ...about, outcome: 'broken', seconds: 0 }
  const fingerprint = fingerprintOf(checkout, mutant, judges)
  const known = values.again ? undefined : results.recall(id, fingerprint)
  if (known) return known
  const run = await whileMutated(checkout, mutant, () => runSuites(checkout, judges, { limitMs, env }))
  const outcome = { failed: 'killed', timeout: 'timeout', passed: 'survived' }[run.outcome]
  const result = { ...about, fingerprint, outcome, seconds: run.seconds, by: run.failure }
  results.record(result)
  return result
}

function tell({ id, outcome, seconds, by, meaning, equivalent }, count) {
  const why = outcome === 'killed' ? by : (equivalent ?? meaning)
  const place = `${count}/${own.length}`.padStart(7)
  process.stdout.write(`${outcome.padEnd(10)}${place} ${seconds.toFixed(1).padStart(5)} s  ${id}: ${why}\n`)
}

function sumUp(outcomes) {
  const count = (wanted) => outcomes.filter(({ outcome }) => outcome === wanted).length
  const parts = ['killed', 'timeout', 'survived', 'equivalent', 'stale', 'broken'].map(
    (word) => `${count(word)} ${word}`,
  )
  process.stdout.write(`\n${outcomes.length} mutants: ${parts.join(', ')}\n`)
  for (const { id, law, meaning } of outcomes.filter(({ outcome }) => outcome === 'survived'))
    process.stdout.write(`  survived: ${id} (law ${law}): ${meaning}\n`)
  return count('survived') + count('stale') + count('broken') > 0 ? 1 : 0
}
