import type { catalog } from '@goldkeep/contracts'
import { parseMac, parseUuid } from '@goldkeep/domain'
import { usageError } from './cli-error.js'

/** What the legacy clients send: `MAC.serial.UUID`. */
const legacyShape =
  /^((?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2})\.(.*)\.(\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?)$/i

interface Identity {
  uuid?: string
  serial?: string
  macs: string[]
}

/**
 * One machine from what the options give: `uuid:…` or `guid:…`, `serial:…`, `mac:…`, a bare UUID or MAC address, or
 * the legacy form. A serial needs its prefix: anything could be one, a mistyped MAC address too.
 * @throws CliError USAGE for what is none of these, and for two different UUIDs or serials
 */
export function parseMachine(texts: readonly string[], model?: string): Omit<catalog.Machine, '$type'> {
  const identity: Identity = { macs: [] }
  for (const text of texts) addIdentifier(identity, text.trim())
  return {
    uuid: identity.uuid ?? '',
    serial: identity.serial ?? '',
    macs: identity.macs,
    model: model ?? '',
  }
}

function addIdentifier(identity: Identity, text: string): void {
  const named = /^(uuid|guid|serial|mac):(.+)$/is.exec(text)
  // Windows calls the UUID of a machine a GUID.
  if (named?.[1] && named[2])
    return add(identity, named[1].toLowerCase().replace('guid', 'uuid'), named[2].trim())
  const legacy = legacyShape.exec(text)
  if (legacy) {
    const [, mac = '', serial = '', uuid = ''] = legacy
    add(identity, 'mac', mac)
    if (serial) add(identity, 'serial', serial)
    return add(identity, 'uuid', uuid)
  }
  if (parseMac(text) !== undefined) return add(identity, 'mac', text)
  if (parseUuid(text) !== undefined) return add(identity, 'uuid', text)
  throw usageError(
    `--machine: expected a MAC address, a UUID or serial:TEXT, found ${text === '' ? 'nothing' : text}`,
  )
}

function add(identity: Identity, kind: string, value: string): void {
  if (kind === 'mac') {
    requireShape('MAC address', parseMac(value), value)
    identity.macs.push(value)
    return
  }
  if (kind === 'uuid') requireShape('UUID', parseUuid(value), value)
  const key = kind === 'uuid' ? 'uuid' : 'serial'
  const before = identity[key]
  if (before !== undefined && before !== value)
    throw usageError(`--machine: one machine has one ${key}, found ${before} and ${value}`)
  identity[key] = value
}

function requireShape(what: string, parsed: string | undefined, found: string): void {
  if (parsed === undefined) throw usageError(`--machine: expected a ${what}, found ${found}`)
}
