import { DomainError } from '@goldkeep/domain'
import { maxSchemaBytes, maxSchemaDepth } from './schema.js'

/** A JSON value with the place where it stands; keys are looked up without regard to case. */
export interface JsonNode {
  readonly place: string
  readonly value: unknown
}

export function refuseSchema(place: string, expected: string, found: string): DomainError {
  const shown = found.length > 120 ? `${found.slice(0, 120)}…` : found
  return new DomainError('INVALID_SCHEMA', `${place}: expected ${expected}, found ${shown}`, {
    field: place,
    expected,
    found: shown,
  })
}

/**
 * Reads bytes as JSON in bounded memory and depth.
 * @throws DomainError INVALID_SCHEMA
 */
export function readJson(bytes: Uint8Array): JsonNode {
  if (bytes.length > maxSchemaBytes)
    throw refuseSchema('schema', `at most ${maxSchemaBytes} bytes`, `${bytes.length} bytes`)
  const text = decodeText(bytes)
  if (text.trim() === '') throw refuseSchema('schema', 'one line of JSON', 'nothing')
  refuseDepth(text)
  try {
    return { place: 'schema', value: JSON.parse(text) as unknown }
  } catch {
    throw refuseSchema('schema', 'one line of JSON', JSON.stringify(text.slice(0, 60)))
  }
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw refuseSchema('schema', 'one line of JSON', 'bytes that are not UTF-8')
  }
}

/** Counted before parsing, so that no hostile nesting reaches a recursive reader. */
function refuseDepth(text: string): void {
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i += 1) {
    const letter = text[i]
    if (inString) {
      if (letter === '\\') i += 1
      else if (letter === '"') inString = false
    } else if (letter === '"') inString = true
    else if (letter === '{' || letter === '[') depth += 1
    else if (letter === '}' || letter === ']') depth -= 1
    if (depth > maxSchemaDepth)
      throw refuseSchema('schema', `at most ${maxSchemaDepth} levels of nesting`, 'more')
  }
}

/**
 * A member of an object. Of keys that differ only in case the last one counts, as in the legacy
 * readers. Own keys only: `__proto__` is a key like any other.
 */
export function member(node: JsonNode, key: string): JsonNode {
  const place = node.place === 'schema' ? key : `${node.place}.${key}`
  let value: unknown
  for (const [name, found] of Object.entries(objectOf(node))) {
    if (name.toLowerCase() === key) value = found
  }
  return { place, value }
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
