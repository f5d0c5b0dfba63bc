import { parseXml, type XmlElement } from './parse-xml.js'
import { WimFault } from './wim-fault.js'

/** Larger XML is refused unread. A real one has 2 KB for each image. */
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

/**
 * Parses the XML data of a WIM: UTF-16LE, usually with a byte-order mark.
 * @throws WimFault when it is no such XML
 */
export function parseMetadata(bytes: Uint8Array): WimMetadata {
  const root = readRoot(decode(bytes))
  if (root.name !== 'WIM') throw unreadable('another root element')
  const images = root.children.filter(({ name }) => name === 'IMAGE')
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

function readRoot(text: string): XmlElement {
  try {
    return parseXml(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
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

function readImage(image: XmlElement, position: number): WimImage {
  const windows = childOf(image, 'WINDOWS')
  return {
    index: Number(image.attributes['INDEX'] ?? position + 1),
    name: textOf(image, 'NAME') ?? textOf(image, 'DISPLAYNAME') ?? '',
    ...numberOf('totalBytes', textOf(image, 'TOTALBYTES')),
    ...numberOf('directoryCount', textOf(image, 'DIRCOUNT')),
    ...numberOf('fileCount', textOf(image, 'FILECOUNT')),
    ...(windows && { windows: readWindows(windows) }),
  }
}

const architectures: ReadonlyMap<string, string> = new Map([
  ['0', 'x86'],
  ['5', 'arm'],
  ['9', 'x64'],
  ['12', 'arm64'],
])

function readWindows(windows: XmlElement): WindowsDescription {
  const version = childOf(windows, 'VERSION')
  const numbers = ['MAJOR', 'MINOR', 'BUILD', 'SPBUILD'].map((key) => textOf(version, key))
  const architecture = textOf(windows, 'ARCH')
  const edition = textOf(windows, 'EDITIONID')
  return {
    ...(edition !== undefined && { edition }),
    ...(architecture !== undefined && { architecture: architectures.get(architecture) ?? architecture }),
    ...(numbers[2] !== undefined && { build: numbers.filter((part) => part !== undefined).join('.') }),
  }
}

const childOf = (element: XmlElement | undefined, wanted: string): XmlElement | undefined =>
  element?.children.find(({ name }) => name === wanted)

/** The text of a child, at most 200 letters. */
const textOf = (element: XmlElement | undefined, wanted: string): string | undefined =>
  childOf(element, wanted)?.text.trim().slice(0, 200)

function numberOf<const Key extends string>(
  key: Key,
  text: string | undefined,
): { readonly [K in Key]?: bigint } {
  if (text === undefined || !/^(0x[0-9a-f]{1,16}|\d{1,20})$/i.test(text)) return {}
  return { [key]: BigInt(text) } as { readonly [K in Key]: bigint }
}
