import { describe, expect, test } from '@jest/globals'
import { maxMetadataBytes } from './parse-metadata.js'
import { parseXml } from './parse-xml.js'

/** What is costly to read for a parser that looks at a letter more than once; each grows with `n`. */
const hostile: Readonly<Record<string, (n: number) => string>> = {
  'elements in elements': (n) => '<a>'.repeat(n),
  'elements beside elements': (n) => `<a>${'<b/>'.repeat(n)}</a>`,
  'text between elements': (n) => `<a>${'x<b/>'.repeat(n)}</a>`,
  'long names': (n) => `<a${'a'.repeat(n)}/>`,
  entities: (n) => `<a>${'&lt;'.repeat(n)}</a>`,
  'entities in an attribute': (n) => `<a b="${'&lt;'.repeat(n)}"/>`,
  'entities of its own': (n) => `<!DOCTYPE a [${'<!ENTITY b "c">'.repeat(n)}]><a/>`,
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

/** Milliseconds of this process's own time, however busy the machine is. */
function timeToRead(text: string): number {
  const before = process.cpuUsage()
  try {
    parseXml(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

describe('XML', () => {
  test.each(Object.entries(hostile))('of many %s takes no long time at the limit of its size', (_, make) => {
    const letters = maxMetadataBytes / 2
    const text = make(Math.floor((1_000 * letters) / make(1_000).length))
    // It takes up to 160 ms; what looks twice at a letter for each other letter takes minutes.
    expect(timeToRead(text)).toBeLessThan(2_000)
  })

  test('is read with its attributes, texts and what is to be left out', () => {
    const root = parseXml(
      `<?xml version="1.0"?>\n<!-- <b> --><a k='1' l = "2>">one<b/>&amp;<![CDATA[<c>]]><b m="">x</b ></a>\n`,
    )
    expect(root).toMatchObject({ name: 'a', text: 'one&<c>' })
    expect({ ...root.attributes }).toEqual({ k: '1', l: '2>' })
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
    '<a b="1" b="2"/>',
    '<a>&b;</a>',
    '<a>&#0;</a>',
    '<a>\0</a>',
    '<!DOCTYPE a><a/>',
    '<a><!-- </a>',
    '< a/>',
    '<a>'.repeat(65) + '</a>'.repeat(65),
  ])('%j is refused', (text) => {
    expect(() => parseXml(text)).toThrow(SyntaxError)
  })
})
