import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { maxMetadataBytes, parseMetadata, WimFault } from './index.js'

const encode = (text: string): Uint8Array => Buffer.from(`\ufeff${text}`, 'utf16le')

describe('the XML of a WIM', () => {
  test('of a Windows tells edition, build and architecture', () => {
    const { images } = parseMetadata(
      encode(`<WIM><TOTALBYTES>5</TOTALBYTES><IMAGE INDEX="1"><NAME>lab &amp; office</NAME>
        <DIRCOUNT>12</DIRCOUNT><FILECOUNT>34</FILECOUNT><TOTALBYTES>9007199254740993</TOTALBYTES>
        <WINDOWS><ARCH>9</ARCH><EDITIONID>Professional</EDITIONID>
        <VERSION><MAJOR>10</MAJOR><MINOR>0</MINOR><BUILD>22631</BUILD><SPBUILD>4169</SPBUILD></VERSION>
        </WINDOWS></IMAGE></WIM>`),
    )
    expect(images).toEqual([
      {
        index: 1,
        name: 'lab & office',
        directoryCount: 12n,
        fileCount: 34n,
        totalBytes: 9007199254740993n,
        windows: { architecture: 'x64', edition: 'Professional', build: '10.0.22631.4169' },
      },
    ])
  })

  test('of several images lists them in order', () => {
    const { images } = parseMetadata(
      encode('<WIM><IMAGE INDEX="1"/><IMAGE INDEX="2"><NAME>b</NAME></IMAGE></WIM>'),
    )
    expect(images.map(({ index, name }) => [index, name])).toEqual([
      [1, ''],
      [2, 'b'],
    ])
  })

  test('of no image is an empty list', () => {
    expect(parseMetadata(encode('<WIM><TOTALBYTES>0</TOTALBYTES></WIM>')).images).toEqual([])
  })
})

describe('XML is refused', () => {
  test.each([
    ['empty', new Uint8Array()],
    ['no XML', encode('{}')],
    ['of another root', encode('<html></html>')],
    ['UTF-8', Buffer.from('<WIM></WIM>')],
    ['cut in a letter', encode('<WIM></WIM>').subarray(0, 21)],
    ['with entities of its own', encode('<!DOCTYPE x [<!ENTITY a "aaa">]><WIM>&a;</WIM>')],
    ['nested deeply', encode('<WIM>'.repeat(100_000))],
    ['too large', Buffer.alloc(maxMetadataBytes + 2, ' ', 'utf16le')],
    ['of too many images', encode(`<WIM>${'<IMAGE/>'.repeat(2000)}</WIM>`)],
  ])('when it is %s', (_what, bytes) => {
    expect(() => parseMetadata(bytes)).toThrow(WimFault)
  })

  test('and never crashes on any text', () => {
    const parts = fc.constantFrom(
      '<WIM>',
      '</WIM>',
      '<IMAGE',
      ' INDEX="1"',
      '>',
      '/>',
      '__proto__',
      '<![CDATA[',
      '<!--',
      '&amp;',
      '<__proto__>',
      'x',
    )
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 30 }), (words) => {
        try {
          parseMetadata(encode(words.join('')))
        } catch (error) {
          expect(error).toBeInstanceOf(WimFault)
        }
      }),
    )
    expect(Object.keys(Object.prototype)).toEqual([])
  })
})
