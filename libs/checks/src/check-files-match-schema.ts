import type { Finding } from '@goldkeep/domain'
import {
  capturePrograms,
  expectedFiles,
  isLeftoverName,
  isLinuxImageName,
  matchFiles,
  stemOf,
  uncapturedPartitions,
  type ExpectedFile,
  type Schema,
} from '@goldkeep/schema'
import { listed } from '@goldkeep/domain'
import { counted, finding, mebibytesText, withinBounds } from './finding.js'
import type { CheckSubject } from './subject.js'

const check = 'files-match-schema'

/** Whether the files are those that the schema calls for: no fewer, no more, none twice. */
export function checkFilesMatchSchema(schema: Schema | undefined, subject: CheckSubject): Finding[] {
  if (!schema)
    return [finding(check, 'SKIP', 'Without a readable schema nobody can say which files belong here.')]
  const expected = expectedFiles(schema, subject.capture)
  const paths = subject.files.map(({ path }) => path).filter((path) => path !== 'guid')
  if (paths.length === 0) return [judgeNoFiles(expected, subject)]
  const matches = matchFiles(expected, paths)
  const findings = [
    ...expected.flatMap((file) => judgeExpected(file, matches.pathsOf(file))),
    ...sharedFiles(expected),
    ...judgeOthers(
      expected,
      paths.filter((path) => !matches.expectedAt(path)),
    ),
    ...judgeUncaptured(schema, subject, paths),
  ]
  return findings.length > 0 ? withinBounds(check, findings) : [allThere(paths)]
}

function judgeNoFiles(expected: readonly ExpectedFile[], { capture }: CheckSubject): Finding {
  if (capture.schemaOnly)
    return finding(check, 'PASS', 'The capture is of the schema only, and there are no files.')
  const called = expected.filter(({ optional }) => !optional).map(({ pattern }) => pattern)
  return finding(check, 'FAIL', 'There is no file of any disk, and the capture did not say schema-only.', {
    expected: called.length > 0 ? listed(called) : 'files under hd0',
    found: 'none',
  })
}

function judgeExpected(file: ExpectedFile, there: readonly string[]): Finding[] {
  const oddNames = file.stem === undefined ? [] : there.filter((path) => !isLinuxImageName(path))
  if (oddNames.length > 0) return oddNames.map(madeByNoClient)
  if (there.length === 1) return []
  if (there.length > 1) {
    const message = `Several files for ${file.description}; servers would take either.`
    return [
      finding(check, 'FAIL', message, {
        path: there[1] ?? file.pattern,
        expected: 'one',
        found: listed(there),
      }),
    ]
  }
  if (file.optional) return []
  const message = `The schema calls for ${file.pattern} (${file.description}), and it is not there.`
  return [
    finding(check, 'FAIL', message, { path: file.pattern, expected: file.description, found: 'absent' }),
  ]
}

/** Two partitions of one number, or two logical volumes of one name: one file cannot hold both. */
function sharedFiles(expected: readonly ExpectedFile[]): Finding[] {
  const byPattern = new Map<string, ExpectedFile[]>()
  for (const file of expected) byPattern.set(file.pattern, [...(byPattern.get(file.pattern) ?? []), file])
  return [...byPattern].flatMap(([path, sharers]) => {
    if (sharers.length < 2) return []
    const found = listed(sharers.map(({ description }) => description))
    const message = `The schema calls for ${path} more than once; one file cannot hold both.`
    return [finding(check, 'FAIL', message, { path, expected: 'a file for each', found })]
  })
}

/** Files that the schema does not call for. */
function judgeOthers(expected: readonly ExpectedFile[], paths: readonly string[]): Finding[] {
  const byStem = new Map(expected.flatMap((file) => (file.stem === undefined ? [] : [[file.stem, file]])))
  return paths.map((path) => {
    if (isLeftoverName(path)) return madeByNoClient(path)
    const rightful = byStem.get(stemOf(path) ?? '')
    return rightful ? ofOtherFileSystem(path, rightful) : uncalledFor(path)
  })
}

const madeByNoClient = (path: string): Finding =>
  finding(
    check,
    'FAIL',
    `${path} has a name that no client makes; a copy or a download was not finished, or left it behind.`,
    {
      path,
      expected: 'only files that a client wrote',
      found: 'another name',
    },
  )

function ofOtherFileSystem(path: string, { pattern, description }: ExpectedFile): Finding {
  const order = capturePrograms.join(', ')
  const message = `${path} is of another file system than the schema says of ${description}. Servers look for ${order}, in this order, and take the first.`
  return finding(check, 'FAIL', message, { path, expected: pattern, found: path })
}

function judgeUncaptured(schema: Schema, { capture }: CheckSubject, paths: readonly string[]): Finding[] {
  const uncaptured = uncapturedPartitions(schema, capture)
  const without = uncaptured.filter(({ start }) => !paths.some((path) => path.startsWith(start)))
  return without.map(({ description, sizeMiB }) => {
    const message = `Nobody captured ${description}: it had no file system that could be read, as a locked BitLocker volume or a raw partition has none.`
    const details = { path: 'schema', expected: 'a file system', found: `none on ${mebibytesText(sizeMiB)}` }
    return finding(check, 'WARN', message, details)
  })
}

const uncalledFor = (path: string): Finding =>
  finding(check, 'WARN', `The schema does not call for ${path}.`, {
    path,
    expected: 'absent',
    found: 'present',
  })

const allThere = (paths: readonly string[]): Finding =>
  finding(check, 'PASS', 'The files are those that the schema calls for.', {
    found: counted(paths.length, 'file'),
  })
