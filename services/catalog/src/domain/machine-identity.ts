import { DomainError, isPlaceholder, parseMac, parseUuid } from '@goldkeep/domain'

/** What identifies one machine, as it was presented. */
export interface MachineIdentity {
  readonly uuid?: string
  readonly serial?: string
  readonly macs?: readonly string[]
  readonly model?: string
}

/** Identifiers in their normal form, placeholders dropped; what two machines are compared by. */
export interface MachineKeys {
  readonly uuid?: string
  readonly serial?: string
  readonly macs: readonly string[]
}

/** `doubtful`: one identifier is shared and another, that both know, differs. */
export type MachineComparison = 'same' | 'different' | 'doubtful'

const placeholderUuids: ReadonlySet<string> = new Set(
  [
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    '03000200-0400-0500-0006-000700080009',
    '00020003-0004-0005-0006-000700080009',
    '12345678-1234-5678-90ab-cddeefaabbcc',
  ].map((uuid) => canonicalUuid(uuid)),
)

export function machineKeys(machine: MachineIdentity | undefined | null): MachineKeys {
  const uuid = normalUuid(machine?.uuid)
  const serial = normalSerial(machine?.serial)
  const macs = [...new Set((machine?.macs ?? []).flatMap((mac) => normalMac(mac) ?? []))].sort()
  return { ...(uuid && { uuid }), ...(serial && { serial }), macs }
}

export const isIdentified = (keys: MachineKeys): boolean =>
  keys.uuid !== undefined || keys.serial !== undefined || keys.macs.length > 0

/**
 * Two identities are the same machine if they share an identifier and none that both know differs. Where
 * UUID and serial both differ, a shared MAC address is that of a dock or a dongle.
 */
export function compareMachines(one: MachineKeys, other: MachineKeys): MachineComparison {
  const uuid = compareValues(one.uuid, other.uuid)
  const serial = compareValues(one.serial, other.serial)
  if (uuid === 'differs' && serial === 'differs') return 'different'
  const comparisons = [uuid, serial, compareMacs(one.macs, other.macs)]
  if (!comparisons.includes('equal')) return 'different'
  return comparisons.includes('differs') ? 'doubtful' : 'same'
}

type Comparison = 'equal' | 'differs' | 'unknown'

function compareValues(one: string | undefined, other: string | undefined): Comparison {
  if (one === undefined || other === undefined) return 'unknown'
  return one === other ? 'equal' : 'differs'
}

function compareMacs(one: readonly string[], other: readonly string[]): Comparison {
  if (one.length === 0 || other.length === 0) return 'unknown'
  return one.some((mac) => other.includes(mac)) ? 'equal' : 'differs'
}

function normalUuid(text: string | undefined): string | undefined {
  const hex = parseUuid(text ?? '')
  if (hex === undefined) return undefined
  const uuid = canonicalUuid(hex)
  return placeholderUuids.has(uuid) ? undefined : uuid
}

/**
 * Firmware and tools disagree on the byte order of a UUID's first three fields; the smaller of both
 * spellings stands for either.
 */
function canonicalUuid(text: string): string {
  const hex = text.replaceAll('-', '')
  const swapped =
    swapBytes(hex.slice(0, 8)) + swapBytes(hex.slice(8, 12)) + swapBytes(hex.slice(12, 16)) + hex.slice(16)
  return hex < swapped ? hex : swapped
}

function swapBytes(hex: string): string {
  return (hex.match(/../g) ?? []).reverse().join('')
}

function normalSerial(text: string | undefined): string | undefined {
  const serial = (text ?? '').trim().toLowerCase()
  return isPlaceholder(serial) ? undefined : serial
}

function normalMac(text: string): string | undefined {
  const hex = parseMac(text)
  return hex === undefined || /^(0{12}|f{12})$/.test(hex) ? undefined : hex
}

/**
 * An identifier that is neither one nor a maker's words for none is refused: dropped without a word, it
 * would leave a machine with less than it said of itself.
 * @param field where the machine is in the request
 * @throws DomainError INVALID_FIELD
 */
export function requireReadable({ uuid = '', macs = [] }: MachineIdentity, field: string): void {
  if (parseUuid(uuid) === undefined && !isPlaceholder(uuid))
    throw unreadable(`${field}.uuid`, 'a UUID of 32 hexadecimal digits', uuid)
  const mac = macs.find((text) => parseMac(text) === undefined && !isPlaceholder(text))
  if (mac !== undefined) throw unreadable(`${field}.macs`, 'MAC addresses of 12 hexadecimal digits', mac)
}

const unreadable = (field: string, expected: string, found: string): DomainError =>
  new DomainError('INVALID_FIELD', `${field}: expected ${expected}, found ${JSON.stringify(found)}`, {
    field,
  })
