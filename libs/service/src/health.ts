import { service as healthDefinition } from 'grpc-health-check'
import { ServerError, Status, type CallContext, type Server } from 'nice-grpc'

type ServingStatus = 'SERVING' | 'NOT_SERVING'

interface HealthRequest {
  readonly service: string
}

/** The standard health service; call `setServing(false)` first when stopping. It knows one service: the whole. */
export function addHealth(server: Pick<Server, 'add'>): { setServing(serving: boolean): void } {
  let status: ServingStatus = 'SERVING'
  const watchers = new Set<() => void>()
  // Named as in the definition that comes with grpc-health-check.
  const implementation = {
    Check: async ({ service }: HealthRequest) => {
      if (service === '') return { status }
      throw new ServerError(Status.NOT_FOUND, `no service ${service} is told of here; ask for ""`)
    },
    Watch: ({ service }: HealthRequest, { signal }: CallContext) =>
      service === '' ? follow(() => status, watchers, signal) : unknown(),
    List: async () => ({ statuses: { '': { status } } }),
  }
  server.add(healthDefinition as never, implementation as never)
  return {
    setServing: (serving) => {
      status = serving ? 'SERVING' : 'NOT_SERVING'
      for (const tell of watchers) tell()
    },
  }
}

async function* unknown() {
  yield { status: 'SERVICE_UNKNOWN' }
}

/** The status now, and again at each change, until the caller leaves or the service stops serving. */
async function* follow(current: () => ServingStatus, watchers: Set<() => void>, signal: AbortSignal) {
  while (!signal.aborted) {
    const status = current()
    yield { status }
    if (status === 'NOT_SERVING') return
    await new Promise<void>((resolve) => {
      const tell = (): void => {
        watchers.delete(tell)
        signal.removeEventListener('abort', tell)
        resolve()
      }
      watchers.add(tell)
      signal.addEventListener('abort', tell)
    })
  }
}
