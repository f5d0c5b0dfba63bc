import { flipped } from '../make-images.js'
import type { Captures } from './captures.js'
import { windowsInUse, windowsPath } from './layouts.js'
import {
  brokenContent,
  brokenStructure,
  refusedAtSeal,
  refusedLater,
  valid,
  type Files,
  type Row,
} from './row.js'

const ordinary = { 'wim-structure': 'WARN' }
const part = (number: number): string => `hd0/part3.winpe${number}.swm`

/** The parts of a set under these names; the first is under the name of a whole WIM. */
const splitInto =
  (choose: (parts: readonly Buffer[]) => readonly (Uint8Array | undefined)[]) =>
  async (made: Captures): Promise<Files> =>
    Object.fromEntries(
      choose(await made.splitSet()).flatMap((bytes, index) =>
        bytes ? [[index === 0 ? windowsPath : part(index + 1), bytes]] : [],
      ),
    )

const extraFile = { 'files-match-schema': 'WARN' }
const brokenSet = { gives: { ...extraFile, ...brokenStructure }, ...refusedAtSeal }

/** Split WIM files. */
export const splitRows: readonly Row[] = (
  [
    {
      name: 'all of its parts',
      files: splitInto((parts) => parts),
      gives: { ...extraFile, ...ordinary },
      ...valid,
      says: 'It is the first part of a split WIM',
    },
    {
      name: 'all of its parts, two under the names of each other',
      files: splitInto(([first, second, third, ...others]) => [first, third, second, ...others]),
      gives: { ...extraFile, ...ordinary },
      ...valid,
      says: 'It is the first part of a split WIM',
    },
    {
      name: 'the first part alone, under the name of a whole WIM',
      files: splitInto(([first]) => [first]),
      gives: brokenStructure,
      ...refusedAtSeal,
      says: 'is absent',
    },
    {
      name: 'all parts but the second',
      files: splitInto(([first, , ...others]) => [first, undefined, ...others]),
      ...brokenSet,
      says: 'part 2 of',
    },
    {
      name: 'the second part twice, in place of the third',
      files: splitInto(([first, second, , ...others]) => [first, second, second, ...others]),
      ...brokenSet,
      says: 'part 2 is there twice',
    },
    {
      name: 'the second part under the name of the whole WIM',
      files: splitInto(([first, second, ...others]) => [second, first, ...others]),
      ...brokenSet,
      says: 'it begins with part 2',
    },
    {
      name: 'a second part of another set',
      files: async (made) => {
        const [, second] = await made.splitSet('another')
        return splitInto(([first, , ...others]) => [first, second, ...others])(made)
      },
      ...brokenSet,
      says: 'is of another set',
    },
    {
      name: 'a second part that was cut',
      files: splitInto(([first, second = Buffer.alloc(0), ...others]) => [
        first,
        second.subarray(0, second.length >> 1),
        ...others,
      ]),
      ...brokenSet,
      says: 'is cut or damaged',
    },
    {
      name: 'one bit of content in the second part',
      files: splitInto(([first, second = Buffer.alloc(0), ...others]) => [first, flipped(second), ...others]),
      gives: { ...extraFile, ...ordinary, ...brokenContent },
      ...refusedLater,
      says: 'damaged',
    },
  ] satisfies Omit<Row, 'of'>[]
)
  .map((row): Row => ({ ...row, name: `a split WIM: ${row.name}`, of: windowsInUse(0) }))
  .concat({
    name: 'a whole WIM beside a damaged part of another',
    of: windowsInUse(0),
    files: async (made) => ({
      [windowsPath]: await made.form('lzx'),
      [part(2)]: flipped((await made.splitSet())[1] ?? Buffer.alloc(0)),
    }),
    gives: { ...extraFile, ...ordinary },
    ...valid,
  })
