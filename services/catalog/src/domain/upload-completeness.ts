import type { Capture } from '@goldkeep/domain'
import { expectedFiles, parseSchema } from '@goldkeep/schema'

/** What is known of a staged file. */
export interface StagedFile {
  readonly path: string
  readonly state: string
}

/** Whether an upload lacks nothing but its seal: every file is complete, and all that the schema calls for are there. */
export function lacksOnlySeal(schema: Uint8Array, capture: Capture, files: readonly StagedFile[]): boolean {
  if (files.length === 0 || files.some(({ state }) => state !== 'COMPLETE')) return false
  const called = expectedFiles(parseSchema(schema), capture).filter(({ optional }) => !optional)
  return called.every(({ matches }) => files.some(({ path }) => matches(path)))
}
