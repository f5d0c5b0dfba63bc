import type { CallContext, Server, ServerMiddlewareCall } from 'nice-grpc'
import { catalog, storage } from '@goldkeep/contracts'
import { DomainError, parseVolumeId } from '@goldkeep/domain'
import { bearerOf, createGrpcServer, createLogger } from '@goldkeep/service'
import { storageOf, verifyServiceTicket, type CalledService } from '@goldkeep/tickets'

export const serviceKey = new Uint8Array(32).fill(7)
/** Whose storage the worker means. */
export const volumeId = parseVolumeId('vol-0123456789abcdef')
const log = createLogger('test', 'silent')

type Work = NonNullable<catalog.Claim['work']>
type Coordination = catalog.CoordinationServiceImplementation
type VersionAdmin = storage.VersionAdminServiceImplementation

interface Reports {
  readonly renewClaim: catalog.RenewClaimRequest
  readonly reportFindings: catalog.ReportFindingsRequest
  readonly confirmCommand: catalog.ConfirmCommandRequest
  readonly failJob: catalog.FailJobRequest
}

export type ReportName = keyof Reports
export type RequestOf<Rpc extends ReportName> = Reports[Rpc]

/** One call by which a worker tells what became of its job. */
export type Report = {
  readonly [Rpc in ReportName]: { readonly rpc: Rpc; readonly request: Reports[Rpc] }
}[ReportName]

export interface FakeCatalog {
  readonly address: string
  /** What is to be done with a job; a refusal, or work. */
  readonly jobs: Map<string, Work | catalog.ClaimRefusal>
  /** What the catalog was told, in order. */
  readonly reports: Report[]
  /** Every claim that was asked for. */
  readonly claims: catalog.ClaimJobRequest[]
  /** Errors for the next calls, each used once. */
  readonly faults: Partial<Record<ReportName | 'claimJob', DomainError[]>>
  stop(): Promise<void>
}

/** The calls of the catalog that workers make, over real gRPC, without a database. */
export async function startFakeCatalog(): Promise<FakeCatalog> {
  const jobs: FakeCatalog['jobs'] = new Map()
  const reports: Report[] = []
  const claims: catalog.ClaimJobRequest[] = []
  const faults: FakeCatalog['faults'] = {}
  const note = (report: Report): void => {
    const fault = faults[report.rpc]?.shift()
    if (fault) throw fault
    reports.push(report)
  }
  const calls: Pick<Coordination, 'claimJob' | Report['rpc']> = {
    claimJob: async (request) => {
      claims.push(request)
      const fault = faults.claimJob?.shift()
      if (fault) throw fault
      const job = jobs.get(request.jobId) ?? catalog.ClaimRefusal.CLAIM_REFUSAL_DONE
      if (typeof job === 'number') return { outcome: { $case: 'refusal', value: job } }
      const value = { claimToken: `token-${claims.length}`, leaseSeconds: 1n, work: job }
      return { outcome: { $case: 'claim', value } }
    },
    renewClaim: async (request) => {
      note({ rpc: 'renewClaim', request })
      return { leaseSeconds: 1n }
    },
    reportFindings: async (request) => {
      note({ rpc: 'reportFindings', request })
      return {}
    },
    confirmCommand: async (request) => {
      note({ rpc: 'confirmCommand', request })
      return {}
    },
    failJob: async (request) => {
      note({ rpc: 'failJob', request })
      return {}
    },
  }
  const server = serverOf('catalog')
  server.add(catalog.CoordinationDefinition, {
    ...refuseAll(catalog.CoordinationDefinition),
    ...calls,
  } as Coordination)
  return { ...(await listen(server)), jobs, reports, claims, faults }
}

/** The commands that storage takes, over real gRPC, without a volume. */
export async function startFakeStorage(
  admin: Partial<VersionAdmin>,
): Promise<{ address: string; stop(): Promise<void> }> {
  const server = serverOf(storageOf(volumeId))
  server.add(storage.VersionAdminDefinition, {
    ...refuseAll(storage.VersionAdminDefinition),
    ...admin,
  } as VersionAdmin)
  return listen(server)
}

/** Calls that no worker makes. */
function refuseAll({ methods }: { readonly methods: object }): Record<string, () => Promise<never>> {
  const refuse = (): Promise<never> => Promise.reject(new DomainError('INTERNAL', 'no worker calls this'))
  return Object.fromEntries(Object.keys(methods).map((name) => [name, refuse]))
}

/** A server that only lets the worker in. */
function serverOf(name: CalledService): Server {
  return createGrpcServer(log).use(async function* onlyWorkers<Request, Response>(
    call: ServerMiddlewareCall<Request, Response>,
    context: CallContext,
  ) {
    const caller = await verifyServiceTicket(serviceKey, bearerOf(context.metadata), name)
    if (caller !== 'worker')
      throw new DomainError('PERMISSION_DENIED', `expected the worker, found ${caller}`)
    return yield* call.next(call.request, context)
  })
}

async function listen(server: Server): Promise<{ address: string; stop(): Promise<void> }> {
  const port = await server.listen('127.0.0.1:0')
  return { address: `127.0.0.1:${port}`, stop: async () => server.forceShutdown() }
}
