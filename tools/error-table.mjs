// Writes docs/errors.md from the contract's reasons and their meaning; with --check, says whether it is so.
import { readFileSync, writeFileSync } from 'node:fs'
import { statusOfKind } from '../libs/contracts/dist/index.js'
import { reasons } from '../libs/domain/dist/index.js'
import { Status } from 'nice-grpc-common'

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

const page = `# Errors

Every error of a Goldkeep service carries a \`google.rpc.ErrorInfo\` with domain \`goldkeep\` and one of these
reasons. The message says what was expected, what was found, and what to do; the metadata has the same for
programs. The last but one column is the exit code of the \`goldkeep\` command.

| reason | gRPC status | exit | meaning |
|---|---|---|---|
${rows.join('\n')}

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
