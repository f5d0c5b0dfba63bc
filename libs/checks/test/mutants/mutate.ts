import fc from 'fast-check'

/** One or more changes of a file's bytes, described in words. */
export interface Mutation {
  readonly words: string
  apply(bytes: Buffer): Buffer
}

/** Where to change, as a share of the file or near one of its ends, where headers and tables are. */
const place = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.nat(9_999).map((share) => (size: number) => Math.floor((share * size) / 10_000)),
  },
  { weight: 3, arbitrary: fc.nat(207).map((at) => () => at) },
  { weight: 2, arbitrary: fc.nat(2_000).map((at) => () => at) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 208 }).map((back) => (size: number) => size - back) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 2_000 }).map((back) => (size: number) => size - back) },
)

type Edit = (bytes: Buffer, at: number) => Buffer

const overwrite =
  (values: readonly number[]): Edit =>
  (bytes, at) => {
    const copy = Buffer.from(bytes)
    for (const [index, value] of values.entries()) if (at + index < copy.length) copy[at + index] = value
    return copy
  }

const edit: fc.Arbitrary<{ name: string; edit: Edit }> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.nat(7).map((bit) => ({
      name: `flip bit ${bit}`,
      edit: (bytes: Buffer, at: number) => overwrite([(bytes[at] ?? 0) ^ (1 << bit)])(bytes, at),
    })),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(0, 1, 0x7f, 0x80, 0xff)
      .map((value) => ({ name: `set ${value}`, edit: overwrite([value]) })),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.constantFrom(0, 1, 0xff), { minLength: 8, maxLength: 8 })
      .map((values) => ({ name: `set 8 bytes`, edit: overwrite(values) })),
  },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 2, max: 600 })
      .map((run) => ({ name: `zero ${run}`, edit: overwrite(new Array<number>(run).fill(0)) })),
  },
  {
    weight: 1,
    arbitrary: fc.constant({ name: 'cut', edit: (bytes: Buffer, at: number) => bytes.subarray(0, at) }),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 300 }).map((run) => ({
      name: `remove ${run}`,
      edit: (bytes: Buffer, at: number) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + run)]),
    })),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 60 }).map((run) => ({
      name: `repeat ${run}`,
      edit: (bytes: Buffer, at: number) => Buffer.concat([bytes.subarray(0, at + run), bytes.subarray(at)]),
    })),
  },
)

const single: fc.Arbitrary<Mutation> = fc.record({ place, edit }).map(({ place, edit: { name, edit } }) => ({
  words: name,
  apply: (bytes) => edit(bytes, Math.min(place(bytes.length), bytes.length - 1)),
}))

/** Mostly one change, sometimes two. */
export const mutation: fc.Arbitrary<Mutation> = fc
  .oneof({ weight: 5, arbitrary: fc.tuple(single) }, { weight: 1, arbitrary: fc.tuple(single, single) })
  .map((all) => ({
    words: all.map(({ words }) => words).join(', then '),
    apply: (bytes) => all.reduce<Buffer>((changed, one) => one.apply(changed), bytes),
  }))
