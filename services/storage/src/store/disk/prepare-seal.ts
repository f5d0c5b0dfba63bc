import { DomainError, listed, schemaPath } from '@goldkeep/domain'
import { dirname, join } from 'node:path'
import type { SealEntry, StagedFile, UploadView } from '../upload.js'
import { listDirectory, type VolumeRoot } from './directories.js'
import type { StagedDirectory } from './staged-upload.js'
import { readWhole, sha256Of } from './whole-files.js'

/**
 * Compares a seal's list with what is staged.
 * @throws DomainError INVALID_FIELD when the schema is in it, FILE_MISSING, FILE_UNFINISHED, SIZE_MISMATCH, DIGEST_MISMATCH, EXTRA_STAGED_FILES
 */
export function compareWithStaged(view: UploadView, entries: readonly SealEntry[]): void {
  if (entries.some(({ path }) => path === schemaPath))
    throw new DomainError(
      'INVALID_FIELD',
      'files: expected every file but the schema, found the schema too',
      {
        field: 'files',
      },
    )
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

/**
 * The whole tree becomes the version, and so what lies in it and is in no journal would become part of it.
 * Hidden names are no part of a version for any reader, and NFS makes some of its own.
 * @throws DomainError EXTRA_STAGED_FILES
 */
export async function refuseStrays(root: VolumeRoot, { tree, view }: StagedDirectory): Promise<void> {
  const known = new Set([schemaPath, ...view.files.flatMap(({ path }) => [path, dirname(path)])] as string[])
  const directories = new Set(['', ...view.files.map(({ path }) => dirname(path))])
  directories.delete('.')
  const strays: string[] = []
  for (const directory of directories)
    for (const name of await listDirectory(root, join(tree, directory)))
      if (!name.startsWith('.') && !known.has(join(directory, name))) strays.push(join(directory, name))
  if (strays.length > 0) throw refuse('EXTRA_STAGED_FILES', 'on the volume and never uploaded', strays)
}

/** @throws DomainError IO_ERROR when it is not the schema that the upload was opened with */
export async function readStagedSchema(root: VolumeRoot, staged: StagedDirectory): Promise<Uint8Array> {
  const { versionId, schemaDigest } = staged.state.upload
  const schema = await readWhole(root, join(staged.tree, schemaPath))
  if (schema && sha256Of(schema) === schemaDigest) return schema
  const found = schema ? 'has changed on' : 'is gone from'
  throw new DomainError('IO_ERROR', `upload ${versionId}: its schema ${found} the volume; begin another`)
}
