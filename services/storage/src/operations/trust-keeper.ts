import type { catalog } from '@goldkeep/contracts'
import { DomainError, isDomainError, type HouseId, type VolumeId } from '@goldkeep/domain'
import type { Logger } from '@goldkeep/service'
import { importPublicKey, verifyTicket, type TicketClaims, type Trust } from '@goldkeep/tickets'
import { checksumFault, withChecksum } from '@goldkeep/volume'
import { CatalogClock } from './catalog-clock.js'
import type { CoordinationClient } from '../catalog/coordination.js'

/** Where the last known trust is kept, so that tickets can be checked while the catalog is down. */
export interface TrustFile {
  read(): Promise<Uint8Array | undefined>
  write(bytes: Uint8Array): Promise<void>
}

interface StoredTrust {
  readonly format: 1
  /** Key id → 32 bytes in base64. */
  readonly keys: Readonly<Record<string, string>>
  /** Subject → milliseconds since 1970. */
  readonly revokedBefore: Readonly<Record<string, number>>
}

export interface DatabaseSeen {
  readonly incarnation: string
  readonly stepsBack: number
}

/** Milliseconds between two questions out of turn, and for one answer. */
const pauseMs = 1_000
const answerMs = 3_000

/** The catalog's public keys and revocations, as far as they are known here. */
export class TrustKeeper {
  #trust: Trust = { keys: new Map(), revokedBefore: new Map() }
  #stored = ''
  #incarnation = ''
  #position = 0n
  #stepsBack = 0
  #askedOutOfTurnAt = Number.NEGATIVE_INFINITY
  #asking = Promise.resolve(false)
  /** Tickets are judged by it. */
  readonly clock = new CatalogClock()

  /** @param house of the volume: another one's keys and revocations say nothing about it */
  constructor(
    private readonly file: TrustFile,
    private readonly catalog: CoordinationClient,
    private readonly log: Logger,
    private readonly house: HouseId,
  ) {}

  get current(): Trust {
    return this.#trust
  }

  /**
   * Which database the catalog had when it was last asked; `stepsBack` counts how often it was put back while
   * its server went on, as a virtual machine is. Empty while the catalog has not answered.
   */
  get database(): DatabaseSeen {
    return { incarnation: this.#incarnation, stepsBack: this.#stepsBack }
  }

  /**
   * What a ticket allows. One whose time does not fit is judged once more after the catalog was asked, since the
   * catalog's clock may have been set a moment ago.
   * @throws DomainError TICKET_INVALID, TICKET_EXPIRED
   */
  async verify(token: string, volumeId: VolumeId): Promise<TicketClaims> {
    try {
      return await this.#judge(token, volumeId)
    } catch (error) {
      if (!isDomainError(error, 'TICKET_EXPIRED') || !(await this.#askOutOfTurn())) throw error
      return this.#judge(token, volumeId)
    }
  }

  #judge(token: string, volumeId: VolumeId): Promise<TicketClaims> {
    return verifyTicket(this.#trust, token, volumeId, this.clock.now(), this.clock.isKnown)
  }

  /** @returns whether the catalog has answered; old tickets make it ask once a second at most */
  async #askOutOfTurn(): Promise<boolean> {
    const isDue = performance.now() - this.#askedOutOfTurnAt >= pauseMs
    if (isDue) {
      this.#askedOutOfTurnAt = performance.now()
      this.#asking = this.refresh(AbortSignal.timeout(answerMs)).then(
        () => true,
        () => false,
      )
    }
    return this.#asking
  }

  async load(): Promise<void> {
    const bytes = await this.file.read()
    if (!bytes) return
    try {
      const text = Buffer.from(bytes).toString('utf8')
      this.#trust = await toTrust(parseStored(text))
      this.#stored = text
    } catch (error) {
      this.log.warn({ err: error }, 'the local trust file cannot be used; waiting for the catalog')
    }
  }

  /**
   * Asks the catalog. What it says holds at once, also when it cannot be written down.
   * @throws DomainError HOUSE_MISMATCH; then what is known holds on
   */
  async refresh(signal: AbortSignal): Promise<void> {
    const askedAt = performance.now()
    const answer = await this.catalog.getTrust({}, { signal })
    requireHouse(this.house, answer.houseId)
    this.#noteDatabase(answer)
    if (answer.serverTime) this.clock.hear(answer.serverTime, askedAt)
    const stored = toStored(await this.#withAllRevocations(answer, signal))
    const text = JSON.stringify(withChecksum(stored))
    if (text === this.#stored) return
    this.#trust = await toTrust(stored)
    await this.file.write(Buffer.from(text))
    this.#stored = text
  }

  async #withAllRevocations(first: catalog.GetTrustResponse, signal: AbortSignal) {
    const revocations = [...first.revocations]
    let pageToken = first.nextPageToken
    while (pageToken !== '') {
      const page = await this.catalog.getTrust({ pageToken }, { signal })
      for (const revocation of page.revocations) revocations.push(revocation)
      pageToken = page.nextPageToken
    }
    return { ...first, revocations }
  }

  #noteDatabase({ incarnation, position }: catalog.GetTrustResponse): void {
    if (incarnation === this.#incarnation && position < this.#position) this.#stepsBack += 1
    this.#incarnation = incarnation
    this.#position = position
  }
}

/** The database of another house may have been put into this one's place. */
function requireHouse(expected: HouseId, found: string): void {
  if (found === expected) return
  throw new DomainError(
    'HOUSE_MISMATCH',
    `the volume is of house ${expected}, and the catalog has the database of house ${found}; put the right one back`,
    { expected, found },
  )
}

function toStored({ keys, revocations }: catalog.GetTrustResponse): StoredTrust {
  return {
    format: 1,
    keys: Object.fromEntries(
      keys.map(({ keyId, publicKey }) => [keyId, Buffer.from(publicKey).toString('base64')]),
    ),
    revokedBefore: Object.fromEntries(
      revocations.map(({ subject, issuedBefore }) => [subject, issuedBefore?.getTime() ?? 0]),
    ),
  }
}

/** @throws Error when it is damaged: a changed digit in a time would take a revocation back */
function parseStored(text: string): StoredTrust {
  const stored = JSON.parse(text) as StoredTrust
  const fault = checksumFault(stored)
  if (fault) throw new Error(`expected crc32 ${String(fault.expected)}, found ${fault.found}`)
  return stored
}

async function toTrust({ keys, revokedBefore }: StoredTrust): Promise<Trust> {
  const imported = Object.entries(keys).map(
    async ([keyId, raw]) => [keyId, await importPublicKey(Buffer.from(raw, 'base64'))] as const,
  )
  return {
    keys: new Map(await Promise.all(imported)),
    revokedBefore: new Map(Object.entries(revokedBefore)),
  }
}
