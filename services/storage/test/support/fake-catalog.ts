import { answerInParts, catalog } from '@goldkeep/contracts'
import { createGrpcServer, createLogger } from '@goldkeep/service'
import { generateKeyPair, importPrivateKey, signTicket, type TicketClaims } from '@goldkeep/tickets'
import { randomBytes } from 'node:crypto'

/** A catalog that remembers what storage told it; its answers can be changed and withheld. */
export interface FakeCatalog {
  readonly address: string
  /** Whose database it has. */
  house: string
  readonly serviceKey: Uint8Array
  readonly registrations: catalog.RegisterVolumeRequest[]
  /** Each as one message, whatever number it came in. */
  readonly inventories: catalog.RecordInventoryRequest[]
  readonly progress: catalog.ReportProgressRequest[]
  /** By version id. */
  readonly sealed: Map<string, catalog.RecordSealedRequest>
  readonly ended: catalog.RecordEndedRequest[]
  /** What storage told of versions that it looked at. */
  readonly lookedAt: catalog.LookedAtVersion[]
  /** Questions that storage has not fetched yet. */
  readonly wantedLooks: catalog.WantedLook[]
  /** Deployments that are told to be over. */
  readonly endedDeployments: string[]
  /** What it says of an inventory that it does not know. */
  readonly unknown: string[]
  readonly revocations: catalog.Revocation[]
  /** How many of them GetTrust tells at once. */
  revocationsInOneAnswer: number
  /** What its clock says, as GetTrust tells. */
  serverTime: () => Date
  /** Which database it has, as GetTrust tells; none, until a test says so. */
  database: { incarnation: string; position: bigint }
  /** How often it was asked for its trust. */
  trustCalls: number
  /** While set, an error that it returns is the answer to the call. */
  refuse: ((rpc: string, request: unknown) => Error | undefined) | undefined
  /** Every call that has come, whatever its answer. */
  calls: number
  /** While set, every call is refused as if the catalog were down. */
  down: boolean
  sign(claims: TicketClaims, lifetime?: { readonly issued?: Date; readonly expires?: Date }): Promise<string>
  stop(): Promise<void>
}

export async function startFakeCatalog(house = 'hse-0123456789abcdef'): Promise<FakeCatalog> {
  const pair = await generateKeyPair()
  const signingKey = { keyId: 'key-1', privateKey: await importPrivateKey(pair.privateKey) }
  const server = createGrpcServer(createLogger('fake-catalog', 'silent'))
  const fake: FakeCatalog = {
    address: '',
    house,
    serviceKey: randomBytes(32),
    registrations: [],
    inventories: [],
    progress: [],
    sealed: new Map(),
    ended: [],
    lookedAt: [],
    wantedLooks: [],
    endedDeployments: [],
    unknown: [],
    revocations: [],
    revocationsInOneAnswer: 1_000,
    serverTime: () => new Date(),
    database: { incarnation: '', position: 0n },
    trustCalls: 0,
    refuse: undefined,
    calls: 0,
    down: false,
    sign: (claims, { issued = new Date(), expires = new Date(Date.now() + 900_000) } = {}) =>
      signTicket(signingKey, claims, issued, expires),
    stop: async () => server.forceShutdown(),
  }
  server.add(catalog.CoordinationDefinition, answering(fake, pair.publicKey))
  const port = await server.listen('127.0.0.1:0')
  return Object.assign(fake, { address: `127.0.0.1:${String(port)}` })
}

function refuseAsTold(fake: FakeCatalog, rpc: string, request: unknown): void {
  const error = fake.refuse?.(rpc, request)
  if (error) throw error
}

type Coordination = catalog.CoordinationServiceImplementation

function answering(fake: FakeCatalog, publicKey: Uint8Array): Coordination {
  const up = <Request, Answer>(answer: (request: Request) => Answer | Promise<Answer>) => {
    return async (request: Request): Promise<Answer> => {
      fake.calls += 1
      if (fake.down) throw new Error('the catalog is down')
      return answer(request)
    }
  }
  const never = up(() => {
    throw new Error('storage has no business here')
  }) as never
  return {
    registerVolume: up((request: catalog.RegisterVolumeRequest) => {
      refuseAsTold(fake, 'registerVolume', request)
      fake.registrations.push(request)
      const { incarnation } = fake.database
      return { houseId: fake.house, epoch: 1n, serverTime: new Date(), incarnation }
    }),
    async *recordInventory(batches) {
      fake.calls += 1
      if (fake.down) throw new Error('the catalog is down')
      const whole = catalog.RecordInventoryRequest.create()
      for await (const { volumeId, lookTime, complete, ...held } of batches) {
        Object.assign(whole, { volumeId, complete, lookTime: whole.lookTime ?? lookTime })
        whole.versions.push(...held.versions)
        whole.uploads.push(...held.uploads)
        whole.images.push(...held.images)
        whole.trash.push(...held.trash)
        whole.copies.push(...held.copies)
        whole.commands.push(...held.commands)
        whole.unreadable.push(...held.unreadable)
        whole.unreadImageIds.push(...held.unreadImageIds)
      }
      fake.inventories.push(whole)
      const unrecorded = whole.versions.filter(({ versionId }) => !fake.sealed.has(versionId))
      yield* answerInParts({
        ...catalog.RecordInventoryResponse.create(),
        unrecordedVersionIds: unrecorded.map(({ versionId }) => versionId),
        unknownVersionIds: [...fake.unknown],
      })
    },
    reportProgress: up((request: catalog.ReportProgressRequest) => {
      refuseAsTold(fake, 'reportProgress', request)
      fake.progress.push(request)
      return { endedDeploymentIds: fake.endedDeployments }
    }),
    recordSealed: up((request: catalog.RecordSealedRequest) => {
      refuseAsTold(fake, 'recordSealed', request)
      fake.sealed.set(request.versionId, request)
      return { number: fake.sealed.size }
    }),
    recordEnded: up((request: catalog.RecordEndedRequest) => {
      fake.ended.push(request)
      return {}
    }),
    getTrust: up(({ pageToken }: catalog.GetTrustRequest) => {
      fake.trustCalls += 1
      const { house: houseId, database, revocationsInOneAnswer: many } = fake
      const from = Number(pageToken)
      const revocations = fake.revocations.slice(from, from + many)
      const nextPageToken = from + many < fake.revocations.length ? String(from + many) : ''
      const keys = [{ keyId: 'key-1', publicKey }]
      return { houseId, keys, revocations, nextPageToken, serverTime: fake.serverTime(), ...database }
    }),
    awaitLooks: async () => ({ looks: fake.wantedLooks.splice(0) }),
    reportVersions: up((request: catalog.ReportVersionsRequest) => {
      fake.lookedAt.push(...request.lookedAt)
      return {}
    }),
    claimJob: never,
    renewClaim: never,
    reportFindings: never,
    confirmCommand: never,
    failJob: never,
  }
}
