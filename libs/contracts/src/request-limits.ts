import {
  cleanText,
  DomainError,
  findUnwantedCharacter,
  largestOrderNumber,
  nameOfCharacter,
  textLimits,
  utf8Length,
  type TextLines,
} from '@goldkeep/domain'
import { UnreadableRequest } from './read-request.js'
import { isUnkeepableKey, unmarked } from './request-text.js'

/** What a text of a request may be. People's texts are refused beyond it, programs' texts are cleaned. */
interface TextRule {
  /** Bytes of UTF-8. */
  readonly limit: number
  readonly lines: TextLines
  readonly beyond: 'refuse' | 'clean'
}

const name: TextRule = { limit: textLimits.name, lines: 'one-line', beyond: 'refuse' }
const id: TextRule = { ...name, limit: textLimits.id }
const prose: TextRule = { limit: textLimits.prose, lines: 'multi-line', beyond: 'refuse' }
const programName: TextRule = { ...name, beyond: 'clean' }
const programProse: TextRule = { ...prose, beyond: 'clean' }

/** By the field's name. Fields that end in `Id` or `Uid` are ids; every other one is a name. */
const textRules: Readonly<Record<string, TextRule>> = {
  claimToken: id,
  writerId: id,
  etag: id,
  pageToken: { ...name, limit: 1024 },
  note: prose,
  reason: prose,
  description: prose,
  agent: programName,
  uuid: programName,
  serial: programName,
  macs: programName,
  model: programName,
  phase: programName,
  failure: programProse,
  message: programProse,
  error: programProse,
  expected: programProse,
  found: programProse,
  troubles: programProse,
  sentences: programProse,
}

const ruleOf = (field: string): TextRule => textRules[field] ?? (/U?[iI]ds?$/.test(field) ? id : name)

/** Fields that are maps from text to text, whose keys people choose. */
export const mapFields: ReadonlySet<string> = new Set(['labels'])

/** Fields that say where something is in the order of commands or publications. */
const orderFields: ReadonlySet<string> = new Set(['epoch', 'generation', 'opSeq', 'conflictingEpoch'])

/** The files of one version, at most. */
export const maxFilesOfVersion = 4096
/** Uploads of one report of progress, and reads of one. */
export const maxReportItems = 1_000
/** Versions of one report about looks. */
export const maxLookedAt = 1_000
/** Sentences about one volume. */
export const maxTroubles = 1_000
/** Entries of a list or map of a request, at most; others have `defaultMaxEntries`. */
const maxEntries: Readonly<Record<string, number>> = {
  labels: 64,
  macs: 64,
  capabilities: 64,
  lifecycles: 64,
  verdicts: 64,
  files: maxFilesOfVersion,
  uploads: maxReportItems,
  reads: maxReportItems,
  expectedSizes: maxFilesOfVersion,
  troubles: maxTroubles,
  sentences: maxTroubles,
  lookedAt: maxLookedAt,
}
const defaultMaxEntries = 10_000

/** The services of one installation report here what they found elsewhere: their texts are cleaned. */
const reports = '/goldkeep.catalog.v1.Coordination/'
/** Each item of this report is held to its limits by itself (`limitItem`), so that one that is refused stops no other. */
const itemwise = `${reports}ReportProgress`

/**
 * Holds a request to the limits that every field has by its name: length and characters of text, number of
 * entries, range of integers and times. Bytes are not looked at. Texts of programs are cleaned in place.
 * @param method such as `/goldkeep.catalog.v1.Images/Create`
 * @throws DomainError INVALID_FIELD with the field's name, the limit, and what was found; PROTOCOL_VIOLATION for one
 * that could not be read
 */
export function limitRequest(method: string, request: object): void {
  if (request instanceof UnreadableRequest)
    throw new DomainError('PROTOCOL_VIOLATION', `the request cannot be read as a message: ${request.why}`)
  const limits = { cleansAll: method.startsWith(reports), isItemwise: method === itemwise }
  limitMessage(request as Record<string, unknown>, '', limits)
}

/** Holds one item of a report to the limits that `limitRequest` left out. @throws DomainError INVALID_FIELD */
export function limitItem(item: object): void {
  limitMessage(item as Record<string, unknown>, '', { cleansAll: true, isItemwise: false })
}

interface Limits {
  readonly cleansAll: boolean
  readonly isItemwise: boolean
}

function limitMessage(message: Record<string, unknown>, place: string, limits: Limits): void {
  for (const field in message) {
    limitValue(message, field, field, place, limits)
  }
}

/** The alternatives of a oneof have their own names; the oneof's is in no message, and so in no refusal. */
function limitAlternative(chosen: { $case: string; value: unknown }, place: string, limits: Limits): void {
  limitValue(chosen as unknown as Record<string, unknown>, 'value', chosen.$case, place, limits)
}

function limitValue(
  holder: Record<string, unknown> | unknown[],
  at: string | number,
  field: string,
  place: string,
  limits: Limits,
): void {
  const value = (holder as Record<string | number, unknown>)[at]
  if (typeof value === 'string')
    (holder as Record<string | number, unknown>)[at] = limitText(unmarked(value), field, place, limits)
  else if (typeof value === 'bigint' || typeof value === 'number') limitNumber(value, field, place, limits)
  else if (typeof value === 'object' && value !== null) limitObject(value, field, place, limits)
}

function limitObject(value: object, field: string, place: string, limits: Limits): void {
  if (value instanceof Uint8Array) return
  if (value instanceof Date) return limitTime(value, field, place, limits)
  if (Array.isArray(value)) {
    if (!limits.isItemwise || place === '') limitEntries(value.length, field, place)
    for (let index = 0; index < value.length; index += 1) limitValue(value, index, field, place, limits)
  } else if (mapFields.has(field)) limitMap(value as Record<string, unknown>, field, place, limits)
  else if (isAlternative(value)) limitAlternative(value, place, limits)
  else limitMessage(value as Record<string, unknown>, `${place}${field}.`, limits)
}

const isAlternative = (value: object): value is { $case: string; value: unknown } =>
  '$case' in value && typeof value.$case === 'string'

function limitMap(map: Record<string, unknown>, field: string, place: string, limits: Limits): void {
  const keys = Object.keys(map)
  limitEntries(keys.length, field, place)
  for (const key of keys) {
    if (isUnkeepableKey(key)) throw refusal(field, place, 'names other than __proto__', '__proto__')
    if (key === '') throw refusal(field, place, 'names of at least 1 byte', 'an empty one')
    refuseText(key, field, place, name)
    limitValue(map, key, field, place, limits)
  }
}

function limitText(text: string, field: string, place: string, { cleansAll }: Limits): string {
  const rule = ruleOf(field)
  if (rule.beyond === 'clean' || cleansAll) return cleanText(text, rule.limit, rule.lines)
  refuseText(text, field, place, rule)
  return text
}

/** Nearly every text matches: each of these characters takes one byte, and none is refused. */
const plain = /^[ -~]*$/

function refuseText(text: string, field: string, place: string, { limit, lines }: TextRule): void {
  if (text.length <= limit && plain.test(text)) return
  const length = text.length > limit ? text.length : utf8Length(text)
  if (length > limit) throw refusal(field, place, `at most ${limit} bytes`, `${length}`)
  const unwanted = findUnwantedCharacter(text, lines)
  if (unwanted !== undefined && /\p{Cs}/u.test(unwanted))
    throw refusal(field, place, 'text in UTF-8', 'other bytes')
  if (unwanted !== undefined)
    throw refusal(field, place, 'text without control characters', nameOfCharacter(unwanted))
}

function limitEntries(count: number, field: string, place: string): void {
  const limit = maxEntries[field] ?? defaultMaxEntries
  if (count > limit) throw refusal(field, place, `at most ${limit} entries`, `${count}`)
}

function limitNumber(value: bigint | number, field: string, place: string, { isItemwise }: Limits): void {
  if (isItemwise) return
  const isOrder = orderFields.has(field)
  if (value >= 0 && value <= (isOrder ? largestOrderNumber : Number.MAX_SAFE_INTEGER)) return
  throw refusal(field, place, `a number from 0 to ${isOrder ? '2^40' : '2^53 - 1'}`, `${value}`)
}

function limitTime(value: Date, field: string, place: string, { isItemwise }: Limits): void {
  if (!isItemwise && Number.isNaN(value.getTime())) throw refusal(field, place, 'a time', 'none that exists')
}

const snakeCase = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

function refusal(field: string, place: string, expected: string, found: string): DomainError {
  const full = snakeCase(`${place}${field}`)
  return new DomainError('INVALID_FIELD', `${full}: expected ${expected}, found ${found}`, {
    field: full,
    expected,
    found,
  })
}
