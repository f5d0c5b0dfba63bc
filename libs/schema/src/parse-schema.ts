import { items, membersOf, placeText, readJson, refuseSchema, textOf, type JsonNode } from './json-node.js'
import {
  maxDrives,
  maxOddities,
  maxVolumes,
  type Drive,
  type LogicalVolume,
  type Partition,
  type Schema,
  type VolumeGroup,
} from './schema.js'

/** What is gathered while a schema is read. */
interface Reading {
  readonly oddities: string[]
  volumes: number
}

/**
 * Reads a schema. Tolerant about the case of keys, absent fields and numbers written without quotes;
 * takes bounded time and memory whatever the bytes are.
 * @throws DomainError INVALID_SCHEMA with what was expected and found
 */
export function parseSchema(bytes: Uint8Array): Schema {
  const { root, repeatedKeys } = readJson(bytes)
  const list = membersOf(root)('harddrives')
  if (!Array.isArray(list.value))
    throw refuseSchema('harddrives', 'a list of drives', list.value === undefined ? 'nothing' : 'no list')
  const reading: Reading = { oddities: [], volumes: 0 }
  const drives = items(list, maxDrives).map((node, index) => readDrive(node, index, reading))
  return { drives, oddities: reading.oddities, repeatedKeys }
}

function readDrive(node: JsonNode, index: number, reading: Reading): Drive {
  const member = membersOf(node)
  return {
    index,
    name: textOf(member('name')),
    ...optional('sizeSectors', numberOf(member('size'), reading)),
    sectorBytes: numberOf(member('lbs'), reading) || 512,
    table: textOf(member('table')).toLowerCase(),
    active: isActive(member('active')),
    partitions: items(member('partitions'), maxVolumes).map((item) => readPartition(item, reading)),
  }
}

function readPartition(node: JsonNode, reading: Reading): Partition {
  countVolume(node, reading)
  const member = membersOf(node)
  const number = textOf(member('number'))
  if (!/^\d{1,4}$/.test(number))
    throw refuseSchema(`${node.place}.number`, 'a partition number', JSON.stringify(number))
  const group = readVolumeGroup(member('volumegroup'), reading)
  return {
    number: String(Number(number)),
    ...optional('sizeSectors', numberOf(member('size'), reading)),
    ...optional('volumeMiB', numberOf(member('volumesize'), reading)),
    ...optional('usedMiB', numberOf(member('usedmb'), reading)),
    type: textOf(member('type')),
    fsType: textOf(member('fstype')),
    fsId: textOf(member('fsid')),
    active: isActive(member('active')),
    ...(group && { volumeGroup: group }),
  }
}

/** `undefined` for an absent group and for one without a name, which the clients write as `{}`. */
function readVolumeGroup(node: JsonNode, reading: Reading): VolumeGroup | undefined {
  if (typeof node.value !== 'object' || node.value === null) return undefined
  const member = membersOf(node)
  const name = textOf(member('name'))
  if (name === '') return undefined
  const volumes = items(member('logicalvolumes'), maxVolumes)
  return { name, logicalVolumes: volumes.map((item) => readLogicalVolume(item, reading)) }
}

function readLogicalVolume(node: JsonNode, reading: Reading): LogicalVolume {
  countVolume(node, reading)
  const member = membersOf(node)
  const name = textOf(member('name'))
  if (name === '') throw refuseSchema(`${node.place}.name`, 'the name of a logical volume', 'nothing')
  return {
    name,
    ...optional('sizeSectors', numberOf(member('size'), reading)),
    ...optional('volumeMiB', numberOf(member('volumesize'), reading)),
    ...optional('usedMiB', numberOf(member('usedmb'), reading)),
    fsType: textOf(member('fstype')),
    active: isActive(member('active')),
  }
}

function countVolume(node: JsonNode, reading: Reading): void {
  reading.volumes += 1
  if (reading.volumes > maxVolumes)
    throw refuseSchema(node.place, `at most ${maxVolumes} partitions and logical volumes`, 'more')
}

/** Only an explicit no makes a part of the layout inactive. */
const isActive = (node: JsonNode): boolean => !['false', '0', 'no'].includes(textOf(node).toLowerCase())

/** A number that is not one is an oddity, not a fault: the files do not depend on it. */
function numberOf(node: JsonNode, reading: Reading): number | undefined {
  const text = textOf(node)
  if (text === '') return undefined
  if (/^\d{1,16}(\.\d{1,6})?$/.test(text) && Number(text) <= Number.MAX_SAFE_INTEGER) return Number(text)
  if (reading.oddities.length < maxOddities)
    reading.oddities.push(
      `${placeText(node.place)}: expected a number, found ${JSON.stringify(text.slice(0, 40))}`,
    )
  return undefined
}

function optional<const Key extends string>(
  key: Key,
  value: number | undefined,
): { readonly [K in Key]?: number } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]: number })
}
