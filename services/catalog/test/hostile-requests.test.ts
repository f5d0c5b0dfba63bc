import { describe, expect, test } from '@jest/globals'
import { catalog } from '@goldkeep/contracts'
import { DomainError } from '@goldkeep/domain'
import { clientsWithBearer, openChannel } from '@goldkeep/service'
import { signServiceTicket } from '@goldkeep/tickets'
import { useLab } from './support/versions.js'

/** The same as generated, but for requests that are sent as the bytes that they are. */
function rawly<Definition extends { readonly methods: object }>(definition: Definition): Definition {
  const requestType = {
    fromPartial: (bytes: Uint8Array) => bytes,
    encode: (bytes: Uint8Array) => ({ finish: () => bytes }),
  }
  const methods = Object.entries(definition.methods).map(([name, method]) => [
    name,
    { ...(method as object), requestType },
  ])
  return { ...definition, methods: Object.fromEntries(methods) as Definition['methods'] }
}

const definitions = Object.entries(catalog).flatMap(([name, value]) =>
  name.endsWith('Definition') ? [value as unknown as typeof catalog.ImagesDefinition] : [],
)

const varint = (value: bigint): number[] => {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, value)
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  return [...bytes, Number(rest)]
}
const field = (number: number, wire: number, ...bytes: number[]): number[] => [(number << 3) | wire, ...bytes]
const text = (value: Uint8Array) => (number: number) =>
  field(number, 2, ...varint(BigInt(value.length)), ...value)
const number = (value: bigint) => (at: number) => field(at, 0, ...varint(value))

const hostile: Readonly<Record<string, (at: number) => number[]>> = {
  'a NUL': text(Buffer.from('a\0b')),
  'control characters': text(Buffer.from('\u001b[2J\u202e\u2028')),
  'a long text': text(Buffer.alloc(9_000, 'ä')),
  'no UTF-8': text(Uint8Array.of(0xff, 0xfe, 0xed, 0xa0, 0x80)),
  'a name of JavaScript': text(Buffer.from('__proto__')),
  'a place outside': text(Buffer.from('../../etc/passwd')),
  'an image': text(Buffer.from('lab')),
  'a negative number': number(-1n),
  'a huge number': number(2n ** 63n - 1n),
  'an unknown word': number(99n),
  'an empty message': (at) => field(at, 2, 0),
}

/** Bytes of a request with the value in one of its fields, or in a field of a message in it. */
function requestWith(make: (at: number) => number[], draw: (below: number) => number): Uint8Array {
  const [at, inner] = [draw(12) + 1, draw(7)]
  if (inner === 0) return Uint8Array.from(make(at))
  const bytes = make(inner)
  return Uint8Array.from(field(at, 2, ...varint(BigInt(bytes.length)), ...bytes))
}

/** Requests to each method with each kind of value. */
const requestsOfEach = 2
const seed = Number(process.env['GOLDKEEP_HOSTILE_SEED'] ?? Date.now() % 1_000_000)

function drawFrom(start: number): (below: number) => number {
  let state = start
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

describe(`requests drawn by GOLDKEEP_HOSTILE_SEED=${seed}`, () => {
  const { house } = useLab()
  const isRefusal = (error: unknown): boolean => error instanceof DomainError && error.kind !== 'internal'

  test('are answered or refused with a reason, and are never a fault of the catalog', async () => {
    const channel = openChannel(`127.0.0.1:${house.port}`)
    const users = clientsWithBearer(() => house.adminToken)
    const services = clientsWithBearer(() => signServiceTicket(house.config.serviceKey, 'storage', 'catalog'))
    const draw = drawFrom(seed)
    const faults: string[] = []
    let sent = 0
    for (const definition of definitions) {
      const factory = definition.fullName.endsWith('.Coordination') ? services : users
      const client = factory.create(rawly(definition), channel) as unknown as Record<
        string,
        (bytes: Uint8Array) => Promise<unknown>
      >
      for (const [name, method] of Object.entries(definition.methods)) {
        if ((method as { requestStream: boolean }).requestStream) continue
        const requests = Object.entries(hostile).flatMap(([what, make]) =>
          Array.from({ length: requestsOfEach }, () => ({ what, bytes: requestWith(make, draw) })),
        )
        sent += requests.length
        const answers = await Promise.allSettled(requests.map(async ({ bytes }) => client[name]?.(bytes)))
        for (const [index, answer] of answers.entries())
          if (answer.status === 'rejected' && !isRefusal(answer.reason))
            faults.push(
              `${definition.fullName}/${name} with ${requests[index]?.what}: ${String(answer.reason)}`,
            )
      }
    }
    channel.close()
    expect(faults).toEqual([])
    expect(sent).toBeGreaterThan(500)
  }, 30_000)
})
