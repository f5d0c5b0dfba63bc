import { DomainError, listed } from '@goldkeep/domain'
import type { SealEntry, StagedFile, UploadView } from '../upload.js'

/**
 * Compares a seal's list with what is staged.
 * @throws DomainError FILE_MISSING, FILE_UNFINISHED, SIZE_MISMATCH, DIGEST_MISMATCH, EXTRA_STAGED_FILES
 */
export function compareWithStaged(view: UploadView, entries: readonly SealEntry[]): void {
  const staged = new Map(view.files.map((file) => [file.path, file]))
  const missing = entries.filter(({ path }) => !staged.has(path)).map(({ path }) => path)
  if (missing.length > 0) throw refuse('FILE_MISSING', 'listed and not staged', missing)
  const wanted = new Set(entries.map(({ path }) => path))
  const extra = [...staged.keys()].filter((path) => !wanted.has(path))
  if (extra.length > 0) throw refuse('EXTRA_STAGED_FILES', 'staged and not listed', extra)
  const unfinished = view.files.filter(({ state }) => state !== 'COMPLETE').map(({ path }) => path)
  if (unfinished.length > 0) throw refuse('FILE_UNFINISHED', 'not finished', unfinished)
  for (const entry of entries) compare(entry, staged.get(entry.path))
}

function compare(entry: SealEntry, file: StagedFile | undefined): void {
  const { path } = entry
  if (entry.size !== file?.committedSize)
    throw new DomainError(
      'SIZE_MISMATCH',
      `${path}: the list says ${entry.size} bytes, ${file?.committedSize ?? 0} were received`,
      { path, expected: String(entry.size), found: String(file?.committedSize) },
    )
  if (entry.sha256 !== file.sha256)
    throw new DomainError(
      'DIGEST_MISMATCH',
      `${path}: the list says sha256 ${entry.sha256}, ${file.sha256 ?? 'none'} was received`,
      { path, expected: entry.sha256, found: file.sha256 ?? '' },
    )
}

function refuse(
  reason: 'FILE_MISSING' | 'EXTRA_STAGED_FILES' | 'FILE_UNFINISHED',
  why: string,
  paths: readonly string[],
): DomainError {
  return new DomainError(reason, `cannot seal: ${why}: ${listed(paths)}`, { paths: listed(paths) })
}
