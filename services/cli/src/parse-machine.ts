import type { catalog } from '@goldkeep/contracts'
import { usageError } from './cli-error.js'

const uuidShape = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i
const macShape = /^(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}$|^(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}$/i
/** What the legacy clients send: `MAC.serial.UUID`. */
const legacyShape =
  /^((?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2})\.(.*)\.([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/i

interface Identity {
  uuid?: string
  serial?: string
  macs: string[]
}

/**
 * One machine from what the options give: `uuid:…`, `serial:…`, `mac:…`, bare ones by their shape, or
 * the legacy form.
 * @throws CliError USAGE when two different UUIDs or serials are given
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
  const named = /^(uuid|serial|mac):(.+)$/is.exec(text)
  if (named?.[1] && named[2]) return add(identity, named[1].toLowerCase(), named[2])
  const legacy = legacyShape.exec(text)
  if (legacy) {
    const [, mac = '', serial = '', uuid = ''] = legacy
    add(identity, 'mac', mac)
    if (serial) add(identity, 'serial', serial)
    return add(identity, 'uuid', uuid)
  }
  if (text === '') throw usageError('--machine: expected a UUID, a serial or a MAC address, found nothing')
  if (macShape.test(text)) return add(identity, 'mac', text)
  return add(identity, uuidShape.test(text) ? 'uuid' : 'serial', text)
}

function add(identity: Identity, kind: string, value: string): void {
  if (kind === 'mac') {
    identity.macs.push(value)
    return
  }
  const key = kind === 'uuid' ? 'uuid' : 'serial'
  const before = identity[key]
  if (before !== undefined && before !== value)
    throw usageError(`--machine: one machine has one ${key}, found ${before} and ${value}`)
  identity[key] = value
}
