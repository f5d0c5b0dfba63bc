import { DomainError } from '@goldkeep/domain'
import { decodeUtf8 } from './decode-text.js'
import { JsonFault, scanJson, type RepeatedKey } from './scan-json.js'
import { positionsIn, positionText } from './text-position.js'
import { maxSchemaBytes, maxSchemaDepth } from './schema.js'

/** A JSON value with the place where it stands; keys are looked up without regard to case. */
export interface JsonNode {
  readonly place: string
  readonly value: unknown
}

export function refuseSchema(place: string, expected: string, found: string): DomainError {
  const shown = found.length > 120 ? `${found.slice(0, 120)}…` : found
  return new DomainError('INVALID_SCHEMA', `${placeText(place)}: expected ${expected}, found ${shown}`, {
    field: place,
    expected,
    found: shown,
  })
}

/** A JSON document, and what is odd about its text. */
export interface JsonDocument {
  readonly root: JsonNode
  /** Keys that one object has more than once, with their places: `"Partitions" at line 1, column 120`. */
  readonly repeatedKeys: readonly string[]
}

/**
 * Reads bytes as JSON in bounded memory and depth. The refusal says where the text breaks the rules.
 * @throws DomainError INVALID_SCHEMA
 */
export function readJson(bytes: Uint8Array): JsonDocument {
  if (bytes.length > maxSchemaBytes)
    throw refuseSchema('schema', `at most ${maxSchemaBytes} bytes`, `${bytes.length} bytes`)
  const text = decodeUtf8(bytes)
  if (typeof text !== 'string') throw refuseSchema('schema', 'one line of JSON in UTF-8', text.found)
  if (text.trim() === '') throw refuseSchema('schema', 'one line of JSON', 'nothing')
  const positionOf = positionsIn(text)
  const repeatedKeys = scan(text).map(
    ({ key, at }) => `${JSON.stringify(key.slice(0, 40))} at ${positionOf(at)}`,
  )
  return { root: { place: 'schema', value: JSON.parse(text) as unknown }, repeatedKeys }
}

function scan(text: string): readonly RepeatedKey[] {
  try {
    return scanJson(text, maxSchemaDepth)
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error
    const { at, expected, found } = error
    throw refuseSchema('schema', expected, `${found} at ${positionText(text, at)}`)
  }
}

const entry = /^harddrives\[(\d+)\](?:\.partitions\[(\d+)\])?(?:\.volumegroup\.logicalvolumes\[(\d+)\])?/

/** A place with words for people behind it: `harddrives[0].partitions[2].size (partition entry 3 of disk 0)`. */
export function placeText(place: string): string {
  const [, drive, partition, volume] = entry.exec(place) ?? []
  if (drive === undefined) return place
  const disk = `disk ${drive}`
  if (partition === undefined) return `${place} (${disk})`
  const inDisk = `partition entry ${Number(partition) + 1} of ${disk}`
  if (volume === undefined) return `${place} (${inDisk})`
  return `${place} (logical volume entry ${Number(volume) + 1} of ${inDisk})`
}

/** Gives an object's members by their keys in lower case. */
export type Members = (key: string) => JsonNode

/**
 * The members of an object, found in one pass over its keys, which may be very many. Of keys that differ only in case
 * the last one counts, as in the legacy readers. Own keys only: `__proto__` is a key like any other.
 * @throws DomainError INVALID_SCHEMA when it is no object
 */
export function membersOf(node: JsonNode): Members {
  const values = new Map(Object.entries(objectOf(node)).map(([key, value]) => [key.toLowerCase(), value]))
  const inside = node.place === 'schema' ? '' : `${node.place}.`
  return (key) => ({ place: `${inside}${key}`, value: values.get(key) as unknown })
}

function objectOf(node: JsonNode): object {
  if (typeof node.value === 'object' && node.value !== null && !Array.isArray(node.value)) return node.value
  throw refuseSchema(node.place, 'an object', describeValue(node.value))
}

/** The items of a list; an absent one is empty. */
export function items(node: JsonNode, atMost: number): JsonNode[] {
  if (node.value === undefined || node.value === null) return []
  if (!Array.isArray(node.value)) throw refuseSchema(node.place, 'a list', describeValue(node.value))
  if (node.value.length > atMost)
    throw refuseSchema(node.place, `at most ${atMost} items`, `${node.value.length}`)
  return node.value.map((value: unknown, index) => ({ place: `${node.place}[${index}]`, value }))
}

/** The text of a value; numbers and booleans are taken as their text, an absent one is empty. */
export function textOf(node: JsonNode): string {
  const { value } = node
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value.trim()
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw refuseSchema(node.place, 'a string', describeValue(value))
}

export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  return JSON.stringify(value)
}
