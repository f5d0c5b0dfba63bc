import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

export interface FoundFile {
  readonly entry: Dirent
  /** From the folder, parted by `/` as in a version: `hd0/part1.winpe.wim`. */
  readonly path: string
}

/** All that lies in a folder and is no folder itself. */
export async function filesBelow(directory: string): Promise<FoundFile[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => ({ entry, path: pathBelow(directory, join(entry.parentPath, entry.name)) }))
}

/** A file's path from the folder, however the folder was written: `.`, `hd0/..` or absolute. */
export function pathBelow(directory: string, file: string): string {
  return relative(directory, file).replaceAll(sep, '/')
}
