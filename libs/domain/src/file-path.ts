import type { Branded } from './branded.js'
import { DomainError } from './errors.js'
import { isWindowsDevice } from './ids.js'

/** A file's path inside a version: `schema`, `guid` or `hd<N>/<name>`. Safe to join to a directory. */
export type FilePath = Branded<string, 'FilePath'>

const rootFiles: ReadonlySet<string> = new Set(['schema', 'guid'])
const diskPattern = /^hd(?:0|[1-9]\d{0,2})$/
const namePattern = /^[A-Za-z0-9+_][A-Za-z0-9+_.-]{0,127}$/

/** The schema's own path. */
export const schemaPath = 'schema' as FilePath

/**
 * The only maker of file paths, and so what keeps a path inside its version.
 * @throws DomainError INVALID_PATH
 */
export function parseFilePath(text: string): FilePath {
  if (rootFiles.has(text)) return text as FilePath
  const [disk, name, ...rest] = text.split('/')
  if (disk === undefined || name === undefined || rest.length > 0 || !diskPattern.test(disk))
    throw refuse(text)
  if (!namePattern.test(name) || isWindowsDevice(name)) throw refuse(text)
  return text as FilePath
}

export function isFilePath(text: string): text is FilePath {
  try {
    parseFilePath(text)
    return true
  } catch {
    return false
  }
}

function refuse(text: string): DomainError {
  const found = text.slice(0, 200)
  return new DomainError(
    'INVALID_PATH',
    `path: expected "hd<N>/<name>" such as hd0/part1.winpe.wim, found ${JSON.stringify(found)}`,
    { expected: 'hd<N>/<name>', found },
  )
}
