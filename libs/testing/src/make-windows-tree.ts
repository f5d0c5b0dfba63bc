import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export interface WindowsTreeOptions {
  /** The same seed and size make the same bytes; another seed changes most files. */
  readonly seed: number
  /** Roughly the size of all files together. */
  readonly bytes: number
  /** Part of each file that does not compress, from 0 to 1; a half unless told. */
  readonly random?: number
}

/** Directories of a Windows volume, with the share of the bytes that each holds. */
const folders: readonly (readonly [string, number])[] = [
  ['Windows/System32', 0.4],
  ['Windows/System32/drivers', 0.15],
  ['Windows/WinSxS/amd64_microsoft-windows', 0.2],
  ['Program Files/Common Files', 0.15],
  ['Users/Default/AppData/Local', 0.1],
]

const filesPerFolder = 6

/** Fills a directory with files that look like a small Windows volume. */
export async function makeWindowsTree(
  directory: string,
  { seed, bytes, random = 0.5 }: WindowsTreeOptions,
): Promise<void> {
  await put(directory, 'Windows/version.txt', Buffer.from(`Windows 11, build 22631.${String(seed)}\r\n`))
  await put(directory, 'Users/Default/NTUSER.DAT', Buffer.alloc(0))
  await put(directory, 'Users/Default/Übergröße Ω.txt', Buffer.from('a name beyond ASCII\r\n'))
  for (const [folder, share] of folders)
    for (let index = 0; index < filesPerFolder; index++) {
      const path = `${folder}/file${String(index)}.dll`
      await put(
        directory,
        path,
        contentOf(`${String(seed)}/${path}`, Math.ceil((bytes * share) / filesPerFolder), random),
      )
    }
}

async function put(directory: string, path: string, content: Uint8Array): Promise<void> {
  const target = join(directory, path)
  await mkdir(dirname(target), { recursive: true })
  await writeFile(target, content)
}

/** SHAKE gives any number of bytes that only depend on the key; the rest repeats a phrase. */
function contentOf(key: string, size: number, share: number): Buffer {
  const random = createHash('shake256', { outputLength: Math.ceil(size * share) || 1 })
    .update(key)
    .digest()
  return Buffer.concat([random, Buffer.alloc(size, 'This program cannot be run in DOS mode. ')]).subarray(
    0,
    size,
  )
}
