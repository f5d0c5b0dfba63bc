import { measureConnect, runProgram } from '@goldkeep/client'
import type { catalog } from '@goldkeep/contracts'
import { isDomainError, type ExitCode } from '@goldkeep/domain'
import { collectPages } from './collect-pages.js'
import { explainError } from './explain-error.js'
import { formatSize, formatSpan } from './output/format.js'
import type { Session } from './session.js'

/** One thing that was looked at. */
export interface Examined {
  readonly what: string
  /** `BAD` keeps commands from working; `WARN` some of them. */
  readonly result: 'GOOD' | 'WARN' | 'BAD'
  readonly found: string
  readonly exit?: ExitCode
}

const connectMs = 3_000
const wimlibMs = 10_000
const clockToleranceSeconds = 30
/** Below this share of free space an administrator wants to know. */
const littleSpace = 0.1

/** Looks at everything, from here to the volumes; what cannot be looked at because of another is left out. */
export async function examineHouse(session: Session): Promise<Examined[]> {
  return [...(await examineCatalog(session)), await examineWimlib(session)]
}

async function examineCatalog(session: Session): Promise<Examined[]> {
  let address: string
  const examined: Examined[] = []
  try {
    const context = await session.context()
    address = context.address
    examined.push(good('context', context.from))
  } catch (error) {
    return [bad('context', error, session)]
  }
  const ms = await measureConnect(address, connectMs)
  if (ms === undefined) {
    const found = `nothing answers at ${address}; is the house running?`
    return [...examined, { what: 'catalog', result: 'BAD', found, exit: 6 }]
  }
  examined.push(good('catalog', `${address} connects in ${Math.round(ms)} ms`))
  try {
    const { volumes } = await session.catalog()
    const asked = performance.now()
    const answer = await volumes.list({})
    const found = await collectPages(
      (pageToken) => (pageToken === '' ? Promise.resolve(answer) : volumes.list({ pageToken })),
      (page) => page.volumes,
    )
    examined.push(good('token', `accepted; an answer takes ${Math.round(performance.now() - asked)} ms`))
    const clocks = [...examineClock(answer.serverTime), ...answer.troubles.map((one) => warn('catalog', one))]
    return [...examined, ...clocks, ...(await examineVolumes(found))]
  } catch (error) {
    return [...examined, bad(isRefusal(error) ? 'token' : 'catalog', error, session)]
  }
}

const isRefusal = (error: unknown): boolean =>
  isDomainError(error, 'UNAUTHENTICATED') || isDomainError(error, 'PERMISSION_DENIED')

async function examineVolumes(volumes: readonly catalog.Volume[]): Promise<Examined[]> {
  if (volumes.length === 0) return [warn('volumes', 'none has registered; is a storage service running?')]
  return (await Promise.all(volumes.map(examineVolume))).flat()
}

async function examineVolume({
  volumeId,
  address,
  freeBytes,
  capacityBytes,
  troubles,
  silent,
  retired,
}: catalog.Volume): Promise<Examined[]> {
  const what = `volume ${volumeId}`
  const told = troubles.map((trouble) => warn(what, trouble))
  // Among its troubles is the silence.
  if (silent || retired) return told
  const ms = await measureConnect(address, connectMs)
  if (ms === undefined)
    return [warn(what, `its storage service does not answer at ${address} from here`), ...told]
  const space = `${formatSize(freeBytes)} of ${formatSize(capacityBytes)} free`
  const found = `${address} connects in ${Math.round(ms)} ms, ${space}`
  const isShort = Number(freeBytes) < Number(capacityBytes) * littleSpace
  return [isShort ? warn(what, found) : good(what, found), ...told]
}

function examineClock(houseTime: Date | undefined): Examined[] {
  if (!houseTime) return []
  const seconds = (Date.now() - houseTime.getTime()) / 1000
  const off = formatSpan(Math.max(1, Math.abs(seconds)))
  if (Math.abs(seconds) <= clockToleranceSeconds) return [good('clock', `within ${off} of the catalog's`)]
  return [warn('clock', `${off} ${seconds > 0 ? 'ahead of' : 'behind'} the catalog's`)]
}

async function examineWimlib({ signal }: Session): Promise<Examined> {
  const { end, output } = await runProgram(['wimlib-imagex', '--version'], { signal, timeoutMs: wimlibMs })
  if (end.kind === 'code' && end.code === 0) return good('wimlib-imagex', output.split('\n', 1)[0] ?? '')
  return warn('wimlib-imagex', 'not found here; capture and apply need it (Debian package wimtools)')
}

const good = (what: string, found: string): Examined => ({ what, result: 'GOOD', found })
const warn = (what: string, found: string): Examined => ({ what, result: 'WARN', found })

function bad(what: string, error: unknown, session: Session): Examined {
  const { message, exit } = explainError(error, session.signal)
  return { what, result: 'BAD', found: message, exit }
}
