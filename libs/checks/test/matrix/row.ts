import type { Capture, CheckName } from '@goldkeep/domain'
import type { Decision } from '../../src/index.js'
import type { Captures } from './captures.js'

/** What was captured, and how: the schema and the words of the capture. */
export interface Layout {
  readonly schema: Uint8Array
  readonly capture: Capture
}

export type Files = Readonly<Record<string, Uint8Array>>

/**
 * The verdicts of each check, the gravest first: `FAIL PASS` where one file failed and another passed. Checks that
 * are not named pass everything that they look at.
 */
export type Gives = Partial<Record<CheckName, string>>

/** A prepared version and the verdict that it must get. */
export interface Row {
  /** How the version is made. */
  readonly name: string
  readonly of: Layout
  readonly files: (made: Captures) => Promise<Files> | Files
  readonly gives: Gives
  readonly state: Decision
  /** Who is the first to tell of a FAIL. */
  readonly told?: 'at the seal' | 'by the worker'
  /** A part of the message of a finding with the gravest verdict. */
  readonly says?: string
  /** What wimlib's three readers do with the WIM files; they take those of a VALID version, and refuse others. */
  readonly wimlib?: 'takes' | 'refuses'
}

export const valid = { state: 'VALID' } as const

/** INVALID, as the quick checks say at the seal. */
export const refusedAtSeal = { state: 'INVALID', told: 'at the seal' } as const

/** INVALID, as only the reading of all bytes shows. */
export const refusedLater = { state: 'INVALID', told: 'by the worker' } as const

/** The structure of a WIM is broken, and nothing behind it is looked at. */
export const brokenStructure: Gives = {
  'wim-structure': 'FAIL',
  'wim-metadata': 'SKIP',
  'wim-content': 'SKIP',
}

/** The description of the images is wrong, and wimlib does not get the file. */
export const brokenMetadata: Gives = { 'wim-metadata': 'FAIL', 'wim-content': 'SKIP' }

export const brokenContent: Gives = { 'wim-content': 'FAIL' }
