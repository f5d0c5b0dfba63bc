import { createHash } from 'node:crypto'
import type { Finding } from '@goldkeep/domain'
import { bytesText, finding } from './finding.js'
import { lookInto } from './look-into.js'
import type { DeepCheckOptions } from './deep-check-options.js'
import { readWhole, type ByteConsumer } from './read-whole.js'
import type { CheckedFile, CheckSubject, OpenFile } from './subject.js'

const check = 'digests'

/** Whether a file's bytes on disk are those of the manifest. `consumers` take the bytes in the same reading. */
export async function checkDigest(
  file: CheckedFile,
  options: DeepCheckOptions,
  startConsumers: (open: OpenFile) => Promise<readonly ByteConsumer[]> = async () => [],
): Promise<Finding> {
  const { path, size, sha256 } = file
  const result = await lookInto(check, file, async (open) => {
    if (open.size !== size)
      return finding(check, 'FAIL', `${path} has another size than when it was sealed.`, {
        path,
        expected: bytesText(size),
        found: bytesText(open.size),
      })
    const hash = createHash('sha256')
    const digest: ByteConsumer = { push: (bytes) => void hash.update(bytes) }
    const others = await startConsumers(open)
    if (sha256 === undefined && others.length === 0) return unknownDigest(path)
    await readWhole(open, [digest, ...others], { check, path }, options)
    return sha256 === undefined ? unknownDigest(path) : judge(path, sha256, hash.digest('hex'))
  })
  // A read that the abort cut short is no finding.
  options.signal.throwIfAborted()
  return result
}

const unknownDigest = (path: string): Finding =>
  finding(check, 'SKIP', 'Nobody wrote down a digest of this file.', { path })

/** The same of the schema, which is small and at hand. */
export function checkSchemaDigest({ schema, schemaSha256 }: CheckSubject): Finding[] {
  if (schemaSha256 === undefined) return []
  return [judge('schema', schemaSha256, createHash('sha256').update(schema).digest('hex'))]
}

function judge(path: string, expected: string, found: string): Finding {
  if (found === expected)
    return finding(check, 'PASS', 'The bytes are those that were sealed.', { path, found: `sha256 ${found}` })
  return finding(check, 'FAIL', `The bytes of ${path} are not those that were sealed.`, {
    path,
    expected: `sha256 ${expected}`,
    found: `sha256 ${found}`,
  })
}
