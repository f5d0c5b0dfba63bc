// Writes docs/configuration.md from the services' own settings; with --check, says whether it is so.
import { readFileSync, writeFileSync } from 'node:fs'
import { AllInOneEnv } from '../deploy/all-in-one/dist/index.js'
import { CatalogEnv } from '../services/catalog/dist/index.js'
import { StorageEnv } from '../services/storage/dist/index.js'
import { WorkerEnv } from '../services/worker/dist/index.js'
import { meanings } from './settings-meanings.mjs'

const target = new URL('../docs/configuration.md', import.meta.url)

/** The fallback of a setting as a person would write it, out of its zod schema. */
function fallbackOf(setting) {
  const { type, defaultValue, in: input, innerType } = setting.def
  if (type === 'default') return `\`${defaultValue}\``
  if (type === 'optional') return '–'
  if (type === 'pipe') return fallbackOf(input)
  return innerType ? fallbackOf(innerType) : '**required**'
}

function table(schema, service) {
  const rows = Object.entries(schema.shape).map(([name, setting]) => {
    const meaning = meanings[service]?.[name] ?? meanings.common[name]
    if (meaning === undefined)
      throw new Error(`tools/settings-meanings.mjs does not explain ${name} of ${service}`)
    return `| \`${name}\` | ${fallbackOf(setting)} | ${meaning} |`
  })
  return ['| variable | default | meaning |', '|---|---|---|', ...rows].join('\n')
}

const page = `# Configuration

Every service is configured by environment variables alone. All problems are printed at once, and the process
ends with exit code 78 before it opens anything; nothing bad is replaced by a default.

- A secret can be mounted as a file: for each variable \`X\` that is not set, \`X_FILE\` may name the file that
  holds its value.
- Time spans are written \`500ms\`, \`30s\`, \`15m\`, \`24h\` or \`7d\`; sizes in bytes.
- A port of 0 means any free one.
- \`GOLDKEEP_SERVICE_KEY\` is the key by which the services of one house know each other: the same for all of
  them, at least 32 random bytes in base64 (\`openssl rand -base64 32\`).

## catalog

\`node services/catalog/dist/bundle.js\`. Several may run on one database.

${table(CatalogEnv, 'catalog')}

The database must run with \`fsync\`, \`full_page_writes\` and \`synchronous_commit\` on; another is refused. A
Redis that is the queue must run with \`maxmemory-policy noeviction\` and should keep an append-only file.

## storage

\`node services/storage/dist/bundle.js\`. One for each volume. Start it with \`UV_THREADPOOL_SIZE=16\` in its environment, as
the container and \`npm start\` do: of Node's own four threads, syncs of a slow disk leave none for readers.

${table(StorageEnv, 'storage')}

## worker

\`node services/worker/dist/bundle.js\`. Start as many as you like, also with different queues.

${table(WorkerEnv, 'worker')}

## The all-in-one

\`npm start\`. It brings its own PostgreSQL, makes its own keys, and keeps everything under its home. What is set
of the variables above reaches the services in it, but for the addresses and secrets, which it makes itself.

${table(AllInOneEnv, 'allInOne')}

| in the home | is |
|---|---|
| \`volume/\` | the volume, with every version |
| \`postgres/\` | the database, its password and its log |
| \`admin-token\` | the token of the administrator, made at the first start |
| \`context.json\` | where the command line finds house and token |
| \`service-key\` | the key that the services share |

## The goldkeep command

| variable | meaning |
|---|---|
| \`GOLDKEEP_ADDRESS\` | the catalog, as \`host:port\` |
| \`GOLDKEEP_TOKEN\` | the token to present |
| \`GOLDKEEP_HOME\` | the home of an all-in-one, whose \`context.json\` gives both |

Without them it looks for \`.goldkeep/context.json\` in the working directory and above, then for
\`goldkeep/context.json\` in the user's configuration directory, then for \`/var/lib/goldkeep/context.json\`.
`

if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== page) {
    process.stderr.write(
      'docs/configuration.md is not what the settings say; run node tools/configuration-page.mjs\n',
    )
    process.exitCode = 1
  }
} else {
  writeFileSync(target, page)
}
