import type { Finding } from '@goldkeep/domain'
import { expectedFiles, matchFiles, type ExpectedFile, type Schema } from '@goldkeep/schema'
import { listed } from '@goldkeep/domain'
import { counted, finding, withinBounds } from './finding.js'
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
    ...paths.filter((path) => !matches.expectedAt(path)).map(uncalledFor),
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
