// One client process: does what its argument says, and answers with one line of JSON.
import {
  beginUpload,
  connectCatalog,
  expectLargeBuffers,
  fileSource,
  openDeployment,
  type CatalogConnection,
} from '@goldkeep/client'
import { readFile } from 'node:fs/promises'
import type { Answer, Order } from './goldkeep-orders.js'

const retry = { forMs: 60_000 }
const environment = { environment: 'winpe', type: 'file', schemaOnly: false, customSchema: false }
const imageId = 'bench'

async function upload(
  catalog: CatalogConnection,
  order: Extract<Order, { kind: 'upload' }>,
): Promise<Answer> {
  const schema = await readFile(order.schema)
  const begun = performance.now()
  const { session } = await beginUpload(catalog, { imageId, schema, capture: environment }, retry)
  const source = await fileSource(order.file)
  const { size, sha256 } = await session.write({ path: order.path, source, mode: { kind: 'restart' } })
  const written = performance.now()
  await session.seal([{ path: order.path, size, sha256 }])
  const sealed = performance.now()
  session.close()
  return {
    seconds: (sealed - begun) / 1000,
    sealSeconds: (sealed - written) / 1000,
    versionId: session.versionId,
  }
}

/** Every byte is received and checked against the digest of the orders; nothing is written. */
async function download(
  catalog: CatalogConnection,
  { deploymentIds, path }: Extract<Order, { kind: 'download' }>,
): Promise<Answer> {
  const sessions = await Promise.all(deploymentIds.map((id) => openDeployment(catalog, id, retry)))
  const begun = performance.now()
  await Promise.all(
    sessions.map(async (session) => {
      let bytes = 0
      for await (const piece of session.read(session.file(path))) bytes += piece.length
      if (bytes !== session.file(path).size) throw new Error(`received ${bytes} bytes`)
    }),
  )
  const seconds = (performance.now() - begun) / 1000
  for (const session of sessions) session.close()
  return { seconds }
}

// As the command line does.
expectLargeBuffers()
const order = JSON.parse(process.argv[2] ?? '{}') as Order
const { GOLDKEEP_ADDRESS: address = '', GOLDKEEP_TOKEN: token = '' } = process.env
const catalog = connectCatalog({ address, token, retry })
const answer = order.kind === 'upload' ? await upload(catalog, order) : await download(catalog, order)
catalog.close()
process.stdout.write(`${JSON.stringify(answer)}\n`)
