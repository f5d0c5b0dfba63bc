import { describe, expect, it } from '@jest/globals'
import { createFileRegistry, fromBinary, type DescField, type DescMessage } from '@bufbuild/protobuf'
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'
import { isDomainError, utf8Length } from '@goldkeep/domain'
import { catalog, descriptorSet, limitItem, limitRequest, mapFields, storage } from './index.js'

const contracts = createFileRegistry(
  fromBinary(FileDescriptorSetSchema, Buffer.from(descriptorSet, 'base64')),
)

interface Codec {
  fromPartial(partial: object): object
}
interface Definition {
  readonly fullName: string
  readonly methods: Readonly<Record<string, { readonly name: string; readonly requestType: Codec }>>
}

const definitions = [...Object.entries(catalog), ...Object.entries(storage)].flatMap(([name, value]) =>
  name.endsWith('Definition') ? [value as unknown as Definition] : [],
)

/** Every field of every request, however deep, with what makes a request that has only this field. */
interface FieldCase {
  readonly title: string
  readonly method: string
  readonly codec: Codec
  readonly field: DescField
  readonly place: (value: unknown) => object
}

function fieldsOf(
  message: DescMessage,
): { path: string; field: DescField; place: (value: unknown) => object }[] {
  return message.fields.flatMap((field) => {
    const put = (value: unknown): object => {
      const one = field.fieldKind === 'list' ? [value] : value
      if (!field.oneof || field.proto.proto3Optional) return { [field.localName]: one }
      return { [field.oneof.localName]: { $case: field.localName, value: one } }
    }
    const nested = field.message
    if (!nested || nested.typeName.startsWith('google.')) return [{ path: field.name, field, place: put }]
    const inner = fieldsOf(nested).map(({ path, field: leaf, place }) => ({
      path: `${field.name}.${path}`,
      field: leaf,
      place: (value: unknown) => put(place(value)),
    }))
    return inner
  })
}

/** Every list of a message, however deep, with what makes a request that has only this list. */
function listsOf(
  message: DescMessage,
): { path: string; field: DescField; place: (value: unknown) => object }[] {
  return message.fields.flatMap((field) => {
    const put = (value: unknown): object =>
      !field.oneof || field.proto.proto3Optional
        ? { [field.localName]: value }
        : { [field.oneof.localName]: { $case: field.localName, value } }
    const own = field.fieldKind === 'list' ? [{ path: field.name, field, place: put }] : []
    const nested = field.message
    if (!nested || nested.typeName.startsWith('google.')) return own
    const inner = listsOf(nested).map(({ path, field: leaf, place }) => ({
      path: `${field.name}.${path}`,
      field: leaf,
      place: (value: unknown) => put(field.fieldKind === 'list' ? [place(value)] : place(value)),
    }))
    return [...own, ...inner]
  })
}

const casesOf = (fieldsIn: typeof fieldsOf): FieldCase[] =>
  definitions.flatMap(({ fullName, methods }) =>
    Object.values(methods).flatMap(({ name, requestType }) => {
      const method = contracts.getService(fullName)?.methods.find((one) => one.name === name)
      if (!method) throw new Error(`no method ${fullName}/${name} in the descriptors`)
      return fieldsIn(method.input).map(({ path, field, place }) => ({
        title: `${fullName}/${name} ${path}`,
        method: `/${fullName}/${name}`,
        codec: requestType,
        field,
        place,
      }))
    }),
  )

const cases = casesOf(fieldsOf)
/** The items of a progress report are held to their limits one by one. */
const lists = casesOf(listsOf).filter(({ title }) => !/ReportProgress .*\./.test(title))
const scalar = ({ field }: FieldCase): string =>
  field.fieldKind === 'map' ? 'map' : field.scalar === undefined ? '' : String(field.scalar)
const [texts, integers, maps] = [['9'], ['3', '4', '5', '13', '18'], ['map']].map((kinds) =>
  cases.filter((one) => kinds.includes(scalar(one))),
) as [FieldCase[], FieldCase[], FieldCase[]]

const emptyItemOf = ({ field }: FieldCase): unknown => {
  if (field.message) return {}
  return String(field.scalar) === '9' ? '' : 0
}

/** What becomes of a request with this value in this field: the refusal, or the request as text. */
function limited({ method, codec, place }: FieldCase, value: unknown): { refusal?: string; request: string } {
  const request = codec.fromPartial(place(value))
  const shown = (): string =>
    JSON.stringify(request, (_key, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner))
  try {
    limitRequest(method, request)
    return { request: shown() }
  } catch (error) {
    if (!isDomainError(error, 'INVALID_FIELD')) throw error
    return { refusal: error.message, request: shown() }
  }
}

describe('the limits of requests', () => {
  it('cover the fields of every call', () => {
    expect(definitions.length).toBeGreaterThan(10)
    expect(texts.length).toBeGreaterThan(100)
    expect(integers.length).toBeGreaterThan(20)
    expect(lists.length).toBeGreaterThan(20)
  })

  it.each(texts.map((one) => [one.title, one] as const))('let no NUL through in %s', (_title, one) => {
    const { refusal, request } = limited(one, 'a\u0000b')
    expect(refusal ?? request).toMatch(refusal ? /control characters, found U\+0000/ : /a\ufffdb/)
  })

  it.each(texts.map((one) => [one.title, one] as const))(
    'let no text through that shows in another order or is no UTF-8 in %s',
    (_title, one) => {
      for (const hostile of ['\u202e', '\u2066', '\u2028', '\u001b', '\u009b']) {
        const { refusal, request } = limited(one, `a${hostile}b`)
        expect(refusal ?? request).toMatch(refusal ? /control characters, found U\+/ : /a[\ufffd ]b/)
      }
      const { refusal, request } = limited(one, 'a\ud800b')
      expect(refusal ?? request).toMatch(refusal ? /expected text in UTF-8, found other bytes$/ : /a\ufffdb/)
    },
  )

  it.each(texts.map((one) => [one.title, one] as const))('let no long text through in %s', (_title, one) => {
    const { refusal, request } = limited(one, 'ä'.repeat(5_000))
    if (refusal === undefined) expect(utf8Length(request)).toBeLessThan(5_000)
    else expect(refusal).toMatch(/: expected at most \d+ bytes, found \d+$/)
  })

  it.each(texts.map((one) => [one.title, one] as const))('leave ordinary text alone in %s', (_title, one) => {
    const { refusal, request } = limited(one, 'Grüße 😀')
    expect(refusal).toBeUndefined()
    expect(request).toContain('Grüße 😀')
  })

  const single = integers.filter(({ method }) => !method.endsWith('/ReportProgress'))
  it.each(single.map((one) => [one.title, one] as const))('refuse what is no size in %s', (_title, one) => {
    const isWide = one.codec.fromPartial(one.place(1n)) && ['3', '4', '18'].includes(scalar(one))
    expect(limited(one, isWide ? -1n : -1).refusal).toMatch(/0 to 2\^(53 - 1|40), found -1$/)
    if (isWide) expect(limited(one, 2n ** 60n).refusal).toMatch(/0 to 2\^(53 - 1|40), found/)
  })

  const orders = single.filter(({ title }) => /epoch|generation|op_seq/i.test(title))
  it.each(orders.map((one) => [one.title, one] as const))(
    'leave room for later ones in %s',
    (_title, one) => {
      expect(limited(one, 2n ** 40n).refusal).toBeUndefined()
      expect(limited(one, 2n ** 40n + 1n).refusal).toMatch(/0 to 2\^40, found/)
    },
  )

  it.each(lists.map((one) => [one.title, one] as const))(
    'let no list without end through in %s',
    (_title, one) => {
      const { refusal } = limited(
        one,
        Array.from({ length: 10_001 }, () => emptyItemOf(one)),
      )
      expect(refusal).toMatch(/: expected at most \d+ entries, found 10001$/)
    },
  )

  it('leave the numbers of a progress report to be judged item by item', () => {
    const report = integers.filter(({ method }) => method.endsWith('/ReportProgress'))
    for (const one of report) expect(limited(one, -1n).refusal).toBeUndefined()
    expect(report.length).toBeGreaterThan(2)
  })

  it('hold an item of a progress report to numbers and times that exist', () => {
    const lastReadTime = new Date('+200000-01-01T00:00:00Z')
    const files = [{ path: 'hd0/a', ranges: [{ start: 0n, end: 2n ** 60n }] }]
    const read = catalog.ReadProgress.fromPartial({ deploymentId: 'd', lastReadTime })
    expect(() => limitItem(read)).not.toThrow()
    expect(() => limitItem({ ...read, files })).toThrow(
      'files.ranges.end: expected a number from 0 to 2^53 - 1, found',
    )
    expect(() => limitItem({ ...read, lastReadTime: new Date(Number.NaN) })).toThrow(
      'last_read_time: expected a time, found none that exists',
    )
  })

  it('know every map', () => {
    for (const { field } of maps) expect([...mapFields]).toContain(field.localName)
    expect(maps.length).toBeGreaterThan(1)
  })

  it.each(maps.map((one) => [one.title, one] as const))(
    'hold keys, values and number of %s',
    (_title, one) => {
      expect(limited(one, { ['k\u0000']: 'v' }).refusal).toMatch(/U\+0000/)
      expect(limited(one, { '': 'v' }).refusal).toMatch(/names of at least 1 byte/)
      expect(limited(one, { k: 'v\u001b' }).refusal).toMatch(/U\+001B/)
      expect(limited(one, { ['k'.repeat(300)]: 'v' }).refusal).toMatch(/at most 256 bytes/)
      const many = Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`k${index}`, 'v']))
      expect(limited(one, many).refusal).toMatch(/at most 64 entries, found 65/)
    },
  )

  it('cost next to nothing for a chunk of data', () => {
    const request = {
      message: { $case: 'chunk', value: { offset: 1n, data: new Uint8Array(1024 * 1024), crc32: 1 } },
    }
    const perChunk = (): number => {
      const began = performance.now()
      for (let count = 0; count < 1_000; count += 1)
        limitRequest('/goldkeep.storage.v1.UploadData/Write', request)
      return (performance.now() - began) / 1_000
    }
    // The least of several rounds is what it costs where nothing else runs. Hashing 1 MiB takes about 1 ms.
    expect(Math.min(...Array.from({ length: 10 }, perChunk))).toBeLessThan(0.02)
  })
})
