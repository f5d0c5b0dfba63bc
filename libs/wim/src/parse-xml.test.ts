import { describe, expect, test } from '@jest/globals'
import { parseXml, readTokens } from './parse-xml.js'

/** What is costly to read for a parser that looks at a letter more than once; each grows with `n`. */
const hostile: Readonly<Record<string, (n: number) => string>> = {
  'elements in elements': (n) => '<a>'.repeat(n),
  'elements beside elements': (n) => `<a>${'<b/>'.repeat(n)}</a>`,
  'text between elements': (n) => `<a>${'x<b/>'.repeat(n)}</a>`,
  attributes: (n) => `<a${Array.from({ length: n }, (_, i) => ` b${i}="1"`).join('')}/>`,
  'spaces in a tag': (n) => `<a${' '.repeat(n)}b`,
  'names without values': (n) => `<a ${'b '.repeat(n)}/>`,
  'quotes that stay open': (n) => `<a ${"b='".repeat(n)}/>`,
  comments: (n) => `<a>${'<!---->'.repeat(n)}</a>`,
  'comments that stay open': (n) => '<!--'.repeat(n),
  'instructions that stay open': (n) => '<?a '.repeat(n),
  'pieces of text': (n) => `<a>${'<![CDATA[x]]>'.repeat(n)}</a>`,
  'pieces of text that stay open': (n) => `<a>${'<![CDATA['.repeat(n)}`,
  signs: (n) => `<a>${'<'.repeat(n)}`,
  spaces: (n) => `<a>${' '.repeat(n)}</a>`,
}

/** Reads every piece until the end or the refusal; `again` counts letters that were read more than once. */
function readAll(text: string): { readonly tokens: number; readonly again: number } {
  let [letters, tokens, again] = [0, 0, 0]
  try {
    for (const { start, end } of readTokens(text)) {
      if (start !== letters || end <= start) again += 1
      letters = end
      tokens += 1
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  return { tokens, again }
}

describe('XML', () => {
  test.each(Object.entries(hostile))('of many %s is read in steps that grow with its length', (_, make) => {
    const [once, twice] = [readAll(make(5_000)), readAll(make(10_000))]
    expect(once.again + twice.again).toBe(0)
    expect(twice.tokens).toBeLessThanOrEqual(2 * once.tokens + 2)
  })

  test('is read with its attributes, texts and what is to be left out', () => {
    const root = parseXml(
      `\n<?xml version="1.0"?><!-- <b> --><a k='1' l = "2>">one<b/>two<![CDATA[<c>]]><b m="">x</b ></a>\n`,
    )
    expect(root).toMatchObject({ name: 'a', text: 'onetwo<c>' })
    expect([...root.attributes]).toEqual([
      ['k', '1'],
      ['l', '2>'],
    ])
    expect(root.children.map(({ name, text }) => `${name}:${text}`)).toEqual(['b:', 'b:x'])
  })

  test.each([
    '',
    'x',
    '<a>',
    '</a>',
    '<a></b>',
    '<a/><b/>',
    '<a/>x',
    '<a b/>',
    '<a b=1/>',
    '<a b="<"/>',
    '<a></a/>',
    '<a></a b="1">',
    '<a b="1" c=/>',
    '<!DOCTYPE a><a/>',
    '<a><!-- </a>',
    '< a/>',
    '<a>'.repeat(65) + '</a>'.repeat(65),
  ])('%j is refused', (text) => {
    expect(() => parseXml(text)).toThrow(SyntaxError)
  })
})
