import type { CheckName, Finding } from '@goldkeep/domain'
import { finding, lastWords } from './finding.js'
import type { CheckedFile, OpenFile } from './subject.js'

/**
 * Opens a file for one check and closes it again. What cannot be opened or read could not be judged: it
 * is an ERROR, which is tried again, never a FAIL.
 */
export async function lookInto(
  check: CheckName,
  file: CheckedFile,
  examine: (open: OpenFile) => Promise<Finding>,
): Promise<Finding> {
  let open: OpenFile | undefined
  try {
    open = await file.open()
    return await examine(open)
  } catch (error) {
    return finding(check, 'ERROR', 'The file cannot be read here.', {
      path: file.path,
      expected: 'a readable file',
      found: lastWords(error),
    })
  } finally {
    await open?.close().catch(() => {})
  }
}
