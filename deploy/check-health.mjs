// For containers: ends with 0 when the gRPC service at the address (first argument) says that it serves.
import { credentials, loadPackageDefinition } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { protoPath } from 'grpc-health-check'

const { Health } = loadPackageDefinition(loadSync(protoPath, { enums: String })).grpc.health.v1
const client = new Health(process.argv[2], credentials.createInsecure())
client.check({ service: '' }, { deadline: Date.now() + 3_000 }, (error, answer) => {
  if (error || answer.status !== 'SERVING') process.stderr.write(`${error?.message ?? answer.status}\n`)
  process.exit(!error && answer.status === 'SERVING' ? 0 : 1)
})
