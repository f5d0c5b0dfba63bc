import { randomBytes } from 'node:crypto'
import type { Branded } from './branded.js'
import { DomainError } from './errors.js'

export type ImageId = Branded<string, 'ImageId'>
export type VersionId = Branded<string, 'VersionId'>
export type VolumeId = Branded<string, 'VolumeId'>
export type HouseId = Branded<string, 'HouseId'>
export type DeploymentId = Branded<string, 'DeploymentId'>
export type AttemptId = Branded<string, 'AttemptId'>
export type Uid = Branded<string, 'Uid'>
/** Of one move of a primary pointer. */
export type ChangeId = Branded<string, 'ChangeId'>

const imageIdPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/
const versionIdPattern = /^\d{8}T\d{6}Z-[0-9a-z]{4,10}$/
const opaquePattern = /^[a-z]{1,4}-[0-9a-z]{8,26}$/
const windowsDevices = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/i

/** Whether a name's stem is one that Windows reserves for a device. */
export function isWindowsDevice(name: string): boolean {
  return windowsDevices.test(name.split('.', 1)[0] ?? '')
}

function invalid(what: string, expected: string, found: string): DomainError {
  const shown = JSON.stringify(found.slice(0, 200))
  return new DomainError('INVALID_FIELD', `${what}: expected ${expected}, found ${shown}`, {
    field: what,
    expected,
    found: found.slice(0, 200),
  })
}

/** @throws DomainError INVALID_FIELD */
export function parseImageId(text: string): ImageId {
  if (!imageIdPattern.test(text))
    throw invalid('image_id', '1 to 63 letters, digits, "_" or "-", beginning with a letter or digit', text)
  if (isWindowsDevice(text)) throw invalid('image_id', 'a name that Windows does not reserve', text)
  return text as ImageId
}

/** @throws DomainError INVALID_FIELD */
export function parseVersionId(text: string): VersionId {
  if (!versionIdPattern.test(text))
    throw invalid('version_id', 'a version id such as 20261122T181502Z-4k7q', text)
  return text as VersionId
}

export const isVersionId = (text: string): text is VersionId => versionIdPattern.test(text)

const opaqueParser =
  <Id extends string>(what: string, prefix: string) =>
  (text: string): Id => {
    if (!text.startsWith(`${prefix}-`) || !opaquePattern.test(text))
      throw invalid(what, `an id beginning with "${prefix}-"`, text)
    return text as Id
  }

/** @throws DomainError INVALID_FIELD */
export const parseVolumeId = opaqueParser<VolumeId>('volume_id', 'vol')
/** @throws DomainError INVALID_FIELD */
export const parseHouseId = opaqueParser<HouseId>('house_id', 'hse')
/** @throws DomainError INVALID_FIELD */
export const parseDeploymentId = opaqueParser<DeploymentId>('deployment_id', 'dep')
/** @throws DomainError INVALID_FIELD */
export const parseAttemptId = opaqueParser<AttemptId>('attempt_id', 'att')
/** @throws DomainError INVALID_FIELD */
export const parseUid = opaqueParser<Uid>('uid', 'uid')
/** @throws DomainError INVALID_FIELD */
export const parseChangeId = opaqueParser<ChangeId>('change_id', 'chg')

const alphabet = '0123456789abcdefghijkmnpqrstuvwxyz'

function randomText(length: number): string {
  const text: string[] = []
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      // Only whole multiples of the alphabet, so that every letter is equally likely.
      if (byte < 255 - (255 % alphabet.length)) text.push(alphabet[byte % alphabet.length] ?? '')
    }
  }
  return text.slice(0, length).join('')
}

export const newVolumeId = (): VolumeId => `vol-${randomText(16)}` as VolumeId
export const newHouseId = (): HouseId => `hse-${randomText(16)}` as HouseId
export const newDeploymentId = (): DeploymentId => `dep-${randomText(16)}` as DeploymentId
export const newAttemptId = (): AttemptId => `att-${randomText(16)}` as AttemptId
export const newChangeId = (): ChangeId => `chg-${randomText(16)}` as ChangeId
export const newUid = (): Uid => `uid-${randomText(20)}` as Uid
/** An id without a brand, for rows that only one service knows: `tok-…`, `job-…`. */
export const newOpaqueId = (prefix: string): string => `${prefix}-${randomText(16)}`

/** UTC time to the second and 40 random bits. */
export function newVersionId(now: Date): VersionId {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '')
  return `${time}-${randomText(8)}` as VersionId
}
