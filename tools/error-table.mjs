// Writes docs/errors.md from the contract's reasons, their meaning and their metadata; with --check, says whether it
// is so.
import { readFileSync, writeFileSync } from 'node:fs'
import { statusOfKind } from '../libs/contracts/dist/index.js'
import { reasons } from '../libs/domain/dist/index.js'
import { Status } from 'nice-grpc-common'
import { findErrorMetadata } from './error-metadata.mjs'
import { keyMeanings } from './error-metadata-meanings.mjs'

const target = new URL('../docs/errors.md', import.meta.url)
const contract = readFileSync(new URL('../proto/goldkeep/catalog/v1/errors.proto', import.meta.url), 'utf8')
const meanings = new Map(
  [...contract.matchAll(/((?:^ {2}\/\/ .+\n)+) {2}([A-Z_]+) = \d+;/gm)].map(([, comment, name]) => [
    name,
    comment
      .replace(/^ {2}\/\/ /gm, '')
      .trim()
      .replaceAll('\n', ' '),
  ]),
)

const rows = Object.entries(reasons).map(
  ([reason, { kind, exit }]) =>
    `| \`${reason}\` | \`${Status[statusOfKind[kind]]}\` | ${exit} | ${meanings.get(reason)} |`,
)

const givenReasons = findErrorMetadata()
checkReasons(givenReasons)
const metadata = [...givenReasons].filter(([, keys]) => keys.length > 0)
const metadataRows = Object.keys(reasons).flatMap((reason) => {
  const keys = metadata.find(([found]) => found === reason)?.[1]
  return keys ? [`| \`${reason}\` | ${keys.map((key) => `\`${key}\``).join(', ')} |`] : []
})
const usedKeys = [...new Set(metadata.flatMap(([, keys]) => keys))].sort()
checkKeys(usedKeys)
const keyRows = usedKeys.map((key) => `| \`${key}\` | ${keyMeanings[key]} |`)

const page = `# Errors

Every error of a Goldkeep service carries a \`google.rpc.ErrorInfo\` with domain \`goldkeep\` and one of these
reasons. The message says what was expected, what was found, and what to do; the metadata has the same for
programs. The last but one column is the exit code of the \`goldkeep\` command.

| reason | gRPC status | exit | meaning |
|---|---|---|---|
${rows.join('\n')}

## Metadata

What the metadata of each reason can have. A key is left out where it does not apply. All values are texts.

| reason | keys |
|---|---|
${metadataRows.join('\n')}

| key | value |
|---|---|
${keyRows.join('\n')}

## Exit codes

| code | meaning |
|---|---|
| 0 | done |
| 1 | another error |
| 2 | the command was not used rightly |
| 3 | not found |
| 4 | not allowed |
| 5 | a conflict, or a precondition that does not hold |
| 6 | unreachable after retries; safe to repeat |
| 7 | integrity: a digest differs, or the checks found a fault |
| 8 | no space, or over quota |
| 9 | the producer or the consumer failed |
| 130 | interrupted |
`

if (!process.argv.includes('--check')) {
  writeFileSync(target, page)
} else if (readFileSync(target, 'utf8') !== page) {
  process.stderr.write('docs/errors.md is not what the contract says: run `node tools/error-table.mjs`\n')
  process.exit(1)
}

/** Every reason is given by some service: a client is not told of what never comes. */
function checkReasons(given) {
  const never = Object.keys(reasons).filter((reason) => !given.has(reason))
  if (never.length === 0) return
  process.stderr.write(`libs/domain/src/reasons.ts: no service gives ${never.join(', ')}\n`)
  process.exit(1)
}

/** Every key is explained, and nothing else is. */
function checkKeys(used) {
  const unexplained = used.filter((key) => !(key in keyMeanings))
  const unused = Object.keys(keyMeanings).filter((key) => !used.includes(key))
  if (unexplained.length + unused.length === 0) return
  process.stderr.write(
    `tools/error-metadata-meanings.mjs: unexplained ${unexplained.join(', ') || 'none'}, unused ${unused.join(', ') || 'none'}\n`,
  )
  process.exit(1)
}
