import { lstat, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256OfFile } from './sha256-of-file.js'

/**
 * What a directory holds, one line per entry, sorted: `file path <size> <sha256>`, `directory path`,
 * `link path -> target`. Two equal listings are two equal trees; times and owners do not count.
 */
export async function treeOf(
  directory: string,
  { without }: { readonly without?: RegExp } = {},
): Promise<string[]> {
  const paths = (await pathsUnder(directory, '')).filter((path) => !without?.test(path))
  const lines = await Promise.all(paths.map((path) => describe(directory, path)))
  return lines.sort()
}

/** By hand, since readdir's own recursion follows links to directories. */
async function pathsUnder(directory: string, prefix: string): Promise<string[]> {
  const entries = await readdir(join(directory, prefix), { withFileTypes: true })
  const nested = entries.map(async (entry) => {
    const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`
    return entry.isDirectory() ? [path, ...(await pathsUnder(directory, path))] : [path]
  })
  return (await Promise.all(nested)).flat()
}

async function describe(directory: string, path: string): Promise<string> {
  const full = join(directory, path)
  const stats = await lstat(full)
  if (stats.isDirectory()) return `directory ${path}`
  if (stats.isSymbolicLink()) return `link ${path} -> ${await readlink(full)}`
  if (!stats.isFile()) return `special ${path}`
  return `file ${path} ${String(stats.size)} ${await sha256OfFile(full)}`
}
