import {
  Digest,
  Finding as FindingMessage,
  FindingVerdict,
  Lifecycle,
  Mark,
  Presence,
  Verdict,
  type Capture as CaptureMessage,
} from './generated/goldkeep/catalog/v1/common.js'
import { DomainError, type Capture, type CheckName, type Finding } from '@goldkeep/domain'

type NumericEnum = Readonly<Record<string, string | number>>

/** Between a domain word (`SEALED`) and its value in a prefixed protobuf enum (`LIFECYCLE_SEALED`). */
function wordsOf<Word extends string, Value extends number>(enumeration: NumericEnum, prefix: string) {
  return {
    toProto: (word: Word | undefined | null): Value => {
      const value = word ? enumeration[`${prefix}${word}`] : 0
      if (typeof value !== 'number') throw new Error(`no value ${prefix}${word}`)
      return value as Value
    },
    /** `undefined` for unspecified and for values that this program does not know. */
    fromProto: (value: Value): Word | undefined => {
      const name = enumeration[value]
      return value > 0 && typeof name === 'string' ? (name.slice(prefix.length) as Word) : undefined
    },
  }
}

export const lifecycleWords = wordsOf<import('@goldkeep/domain').Lifecycle, Lifecycle>(
  Lifecycle,
  'LIFECYCLE_',
)
export const verdictWords = wordsOf<import('@goldkeep/domain').Verdict, Verdict>(Verdict, 'VERDICT_')
export const presenceWords = wordsOf<import('@goldkeep/domain').Presence, Presence>(Presence, 'PRESENCE_')
export const markWords = wordsOf<import('@goldkeep/domain').Mark, Mark>(Mark, 'MARK_')
export const findingVerdictWords = wordsOf<import('@goldkeep/domain').FindingVerdict, FindingVerdict>(
  FindingVerdict,
  'FINDING_VERDICT_',
)

export function sha256ToProto(hex: string): Digest {
  return { algorithm: 'sha256', value: Buffer.from(hex, 'hex') }
}

/**
 * Lower-case hex of a SHA-256 digest.
 * @param field its name in the message
 * @throws DomainError INVALID_FIELD when it is absent, of another algorithm, or not of 32 bytes
 */
export function sha256FromProto(digest: Digest | undefined, field = 'digest'): string {
  if (digest?.algorithm !== 'sha256' || digest.value.length !== 32) {
    const algorithm = digest?.algorithm || 'no algorithm'
    const found = digest ? `${algorithm} of ${digest.value.length} bytes` : 'none'
    throw new DomainError('INVALID_FIELD', `${field}: expected sha256 of 32 bytes, found ${found}`, {
      field,
      expected: 'sha256 of 32 bytes',
      found,
    })
  }
  const { buffer, byteOffset, length } = digest.value
  return Buffer.from(buffer, byteOffset, length).toString('hex')
}

export function findingToProto(finding: Finding, checkTime?: Date): FindingMessage {
  return FindingMessage.fromPartial({
    check: finding.check,
    verdict: findingVerdictWords.toProto(finding.verdict),
    path: finding.path ?? '',
    expected: finding.expected ?? '',
    found: finding.found ?? '',
    message: finding.message,
    checkTime,
  })
}

export function findingFromProto(message: FindingMessage): Finding {
  return {
    check: message.check as CheckName,
    verdict: findingVerdictWords.fromProto(message.verdict) ?? 'ERROR',
    message: message.message,
    ...(message.path && { path: message.path }),
    ...(message.expected && { expected: message.expected }),
    ...(message.found && { found: message.found }),
  }
}

export function captureToProto(capture: Capture): CaptureMessage {
  return { ...capture, profileId: capture.profileId ?? '' }
}

/**
 * Empty fields take the field's defaults: `winpe`, `file`.
 * @throws DomainError INVALID_FIELD for an unknown environment or type
 */
export function captureFromProto(message: CaptureMessage | undefined): Capture {
  return {
    environment: oneOf('environment', message?.environment, ['winpe', 'linux']),
    type: oneOf('type', message?.type, ['file', 'block', 'both']),
    schemaOnly: message?.schemaOnly ?? false,
    skipLvmShrink: message?.skipLvmShrink ?? false,
    customSchema: message?.customSchema ?? false,
    ...(message?.profileId && { profileId: message.profileId }),
  }
}

function oneOf<const T extends readonly [string, ...string[]]>(
  field: string,
  value: string | undefined,
  allowed: T,
): T[number] {
  if (!value) return allowed[0]
  if ((allowed as readonly string[]).includes(value)) return value
  throw new DomainError(
    'INVALID_FIELD',
    `${field}: expected ${allowed.join(' or ')}, found ${JSON.stringify(value)}`,
    { field },
  )
}
