import { readdirSync } from 'node:fs'

/** What each lib may import; whatever is not named here is refused. */
const libImports = {
  domain: [],
  contracts: ['domain'],
  schema: ['domain'],
  wim: ['domain'],
  volume: ['domain'],
  tickets: ['domain'],
  checks: ['domain', 'schema', 'wim', 'volume', 'client'],
  client: ['domain', 'contracts'],
  service: ['domain', 'contracts', 'tickets', 'client'],
  jobs: ['domain', 'service', 'postgres'],
  postgres: ['domain', 'service'],
}

/** The inside of each service, from the outermost layer to the innermost. */
const serviceLayers = {
  catalog: [
    ['main.ts'],
    ['compose.ts'],
    ['rpc', 'background'],
    ['operations'],
    ['db', 'views', 'ports'],
    ['domain'],
  ],
  storage: [['main.ts'], ['compose.ts'], ['rpc'], ['operations'], ['store', 'catalog', 'ports'], ['domain']],
  worker: [['main.ts'], ['compose.ts'], ['jobs'], ['claims', 'operations'], ['ports'], ['domain']],
  cli: [['main.ts'], ['program.ts'], ['commands'], ['transfer', 'context'], ['views'], ['output']],
}

const namesIn = (directory) =>
  readdirSync(new URL(`../../${directory}/`, import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)

const libs = namesIn('libs')
const services = namesIn('services')
const paths = (directory, names) => names.map((name) => `./${directory}/${name}`)

const libZones = libs
  .filter((name) => name !== 'testing')
  .map((name) => {
    const allowed = libImports[name] ?? []
    return {
      target: `./libs/${name}`,
      from: [
        ...paths(
          'libs',
          libs.filter((other) => ![name, 'testing', ...allowed].includes(other)),
        ),
        './services',
        './deploy',
      ],
      message: `${name} may import ${allowed.join(', ') || 'no package of the house'}, so that the libs stack in one order and a change is felt upwards only (tools/lint/import-directions.mjs).`,
    }
  })

const serviceZones = services.map((name) => ({
  target: `./services/${name}`,
  from: [
    ...paths(
      'services',
      services.filter((other) => other !== name),
    ),
    './deploy',
  ],
  message:
    'Services speak by their contracts and never import one another, so that each can run on a machine of its own; only deploy/all-in-one puts them together.',
}))

const testingZone = {
  target: ['./libs', './services', './deploy'],
  from: './libs/testing',
  message: '@goldkeep/testing is for tests: what runs in production must not depend on it.',
}

const layerZones = Object.entries(serviceLayers).flatMap(([service, layers]) =>
  layers.slice(1).map((layer, above) => ({
    target: paths(`services/${service}/src`, layer),
    from: paths(`services/${service}/src`, layers.slice(0, above + 1).flat()),
    message: `In ${service} imports run ${layers.map((names) => names.join(' | ')).join(' → ')}: what is further in can be read, tested and kept without what is around it.`,
  })),
)

/** Zones for code that runs in production. */
export const importDirections = [...libZones, ...serviceZones, testingZone, ...layerZones]

/** Tests may use @goldkeep/testing and look into every layer of their own package. */
export const testImportDirections = serviceZones
