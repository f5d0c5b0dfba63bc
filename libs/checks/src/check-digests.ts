import { createHash } from 'node:crypto'
import type { Finding } from '@goldkeep/domain'
import { bytesText, finding } from './finding.js'
import { lookInto } from './look-into.js'
import type { DeepCheckOptions } from './deep-check-options.js'
import type { CheckedFile, CheckSubject, OpenFile } from './subject.js'

const check = 'digests'
const blockBytes = 1024 * 1024

/** Whether a file's bytes on disk are those of the manifest. */
export async function checkDigest(file: CheckedFile, options: DeepCheckOptions): Promise<Finding> {
  const { path, size, sha256 } = file
  if (sha256 === undefined)
    return finding(check, 'SKIP', 'Nobody wrote down a digest of this file.', { path })
  const result = await lookInto(check, file, async (open) => {
    if (open.size !== size)
      return finding(check, 'FAIL', `${path} has another size than when it was sealed.`, {
        path,
        expected: bytesText(size),
        found: bytesText(open.size),
      })
    return judge(path, sha256, await digestOf(path, open, options))
  })
  // A read that the abort cut short is no finding.
  options.signal.throwIfAborted()
  return result
}

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

async function digestOf(
  path: string,
  open: OpenFile,
  { signal, onProgress }: DeepCheckOptions,
): Promise<string> {
  const hash = createHash('sha256')
  for (let offset = 0; offset < open.size;) {
    signal.throwIfAborted()
    const block = await open.read(offset, Math.min(blockBytes, open.size - offset))
    if (block.length === 0) throw new Error(`the file ended at ${offset} of ${open.size} bytes`)
    hash.update(block)
    offset += block.length
    onProgress?.({ check, path, bytes: offset })
  }
  return hash.digest('hex')
}
