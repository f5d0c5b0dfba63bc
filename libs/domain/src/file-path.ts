import type { Branded } from './branded.js'
import { DomainError } from './errors.js'
import { isWindowsDevice } from './ids.js'

/** A file's path inside a version: `schema`, `guid` or `hd<N>/<name>`. Safe to join to a directory. */
export type FilePath = Branded<string, 'FilePath'>

const rootFiles: ReadonlySet<string> = new Set(['schema', 'guid'])
const diskPattern = /^hd(?:0|[1-9]\d{0,2})$/
const namePattern = /^[A-Za-z0-9+_][A-Za-z0-9+_.-]*$/

/** The schema's own path. */
export const schemaPath = 'schema' as FilePath

/**
 * The only maker of file paths, and so what keeps a path inside its version.
 * @throws DomainError INVALID_PATH with what exactly was expected
 */
export function parseFilePath(text: string): FilePath {
  if (rootFiles.has(text)) return text as FilePath
  const [disk, name, ...rest] = text.split('/')
  if (disk === undefined || name === undefined || rest.length > 0)
    throw refuse(text, '"hd<N>/<name>" such as hd0/part1.winpe.wim')
  if (!diskPattern.test(disk)) throw refuse(text, 'a disk from hd0 to hd999, without leading zeros')
  if (name.length > 128) throw refuse(text, 'a name of at most 128 characters')
  if (!namePattern.test(name))
    throw refuse(
      text,
      'a name of letters, digits, "+", "_", "." and "-" that begins with none of the last two',
    )
  // On Windows, where share clients read, a name that ends with a dot is the same as without it.
  if (name.endsWith('.')) throw refuse(text, 'a name that does not end with a dot')
  if (isWindowsDevice(name)) throw refuse(text, 'a name that is no device of Windows')
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

function refuse(text: string, expected: string): DomainError {
  const found = text.slice(0, 200)
  return new DomainError('INVALID_PATH', `path: expected ${expected}, found ${JSON.stringify(found)}`, {
    expected,
    found,
  })
}
