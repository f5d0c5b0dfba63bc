import { XMLParser } from 'fast-xml-parser'
import { WimFault } from './wim-fault.js'

/**
 * Larger XML is refused unread, since the time to parse it grows with the square of its size in some readers.
 * A real one has 2 KB for each image.
 */
export const maxMetadataBytes = 1024 * 1024
const maxImages = 1000

/** What a WIM says of its images. */
export interface WimMetadata {
  readonly images: readonly WimImage[]
}

export interface WimImage {
  readonly index: number
  readonly name: string
  /** Of all files, uncompressed. */
  readonly totalBytes?: bigint
  readonly directoryCount?: bigint
  readonly fileCount?: bigint
  readonly windows?: WindowsDescription
}

export interface WindowsDescription {
  /** `Professional`, `Enterprise`. */
  readonly edition?: string
  /** `x86`, `x64`, `arm64`, or the format's own number. */
  readonly architecture?: string
  /** `10.0.22631.4169`. */
  readonly build?: string
}

// Numbers stay text until they are read as bigint; entities are data, never expanded.
const parser = new XMLParser({
  processEntities: false,
  htmlEntities: false,
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
})

/**
 * Parses the XML data of a WIM: UTF-16LE, usually with a byte-order mark.
 * @throws WimFault when it is no such XML
 */
export function parseMetadata(bytes: Uint8Array): WimMetadata {
  const root = member(parseXml(decode(bytes)), 'WIM')
  if (typeof root !== 'object') throw unreadable('another root element')
  const found = member(root, 'IMAGE')
  const images = found === undefined ? [] : Array.isArray(found) ? (found as unknown[]) : [found]
  if (images.length > maxImages)
    throw new WimFault('The file has too many images.', `at most ${maxImages}`, `${images.length}`)
  return { images: images.map(readImage) }
}

function decode(bytes: Uint8Array): string {
  if (bytes.length > maxMetadataBytes) throw unreadable(`${bytes.length} bytes`)
  try {
    return new TextDecoder('utf-16le', { fatal: true }).decode(bytes)
  } catch {
    throw unreadable('bytes that are not UTF-16')
  }
}

function parseXml(text: string): unknown {
  // Nobody's capture has one, and it is where hostile XML begins.
  if (/<!DOCTYPE/i.test(text)) throw unreadable('a document type')
  try {
    return parser.parse(text) as unknown
  } catch {
    throw unreadable('something else')
  }
}

function unreadable(found: string): WimFault {
  return new WimFault(
    'The XML data that describes the images cannot be read.',
    'UTF-16 XML with a WIM element',
    found,
  )
}

function readImage(node: unknown, position: number): WimImage {
  const windows = member(node, 'WINDOWS')
  return {
    index: Number(textOf(node, '@INDEX') ?? position + 1),
    name: textOf(node, 'NAME') ?? textOf(node, 'DISPLAYNAME') ?? '',
    ...numberOf('totalBytes', textOf(node, 'TOTALBYTES')),
    ...numberOf('directoryCount', textOf(node, 'DIRCOUNT')),
    ...numberOf('fileCount', textOf(node, 'FILECOUNT')),
    ...(typeof windows === 'object' && { windows: readWindows(windows) }),
  }
}

const architectures: ReadonlyMap<string, string> = new Map([
  ['0', 'x86'],
  ['5', 'arm'],
  ['9', 'x64'],
  ['12', 'arm64'],
])

function readWindows(node: object): WindowsDescription {
  const version = member(node, 'VERSION')
  const numbers = ['MAJOR', 'MINOR', 'BUILD', 'SPBUILD'].map((key) => textOf(version, key))
  const architecture = textOf(node, 'ARCH')
  const edition = textOf(node, 'EDITIONID')
  return {
    ...(edition !== undefined && { edition }),
    ...(architecture !== undefined && { architecture: architectures.get(architecture) ?? architecture }),
    ...(numbers[2] !== undefined && { build: numbers.filter((part) => part !== undefined).join('.') }),
  }
}

function member(node: unknown, key: string): object | string | undefined {
  if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) return undefined
  const value = (node as Record<string, unknown>)[key]
  return typeof value === 'string' || (typeof value === 'object' && value !== null) ? value : undefined
}

/** The text of a child, at most 200 letters; an element with attributes keeps it under `#text`. */
function textOf(node: unknown, key: string): string | undefined {
  const value = member(node, key)
  const text = typeof value === 'object' ? member(value, '#text') : value
  return typeof text === 'string' ? text.slice(0, 200) : undefined
}

function numberOf<const Key extends string>(
  key: Key,
  text: string | undefined,
): { readonly [K in Key]?: bigint } {
  if (text === undefined || !/^(0x[0-9a-f]{1,16}|\d{1,20})$/i.test(text)) return {}
  return { [key]: BigInt(text) } as { readonly [K in Key]: bigint }
}
