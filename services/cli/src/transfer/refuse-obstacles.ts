import { exitCodes, schemaPath } from '@goldkeep/domain'
import type { Stats } from 'node:fs'
import { lstat, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CliError } from '../cli-error.js'

/**
 * Looks for what is in the way of a version's files, before anything in the folder is touched. A link in the
 * place of `hd0` would lead out of the folder, where the files of another version could not be told apart.
 * @param paths of the version's files
 * @throws CliError IN_THE_WAY
 */
export async function refuseObstacles(directory: string, paths: readonly string[]): Promise<void> {
  const disks = [...new Set(paths.map((path) => dirname(path)))].filter((disk) => disk !== '.')
  for (const disk of disks)
    await expectKind(join(directory, disk), 'a folder', (found) => found.isDirectory())
  for (const path of new Set([...paths, schemaPath]))
    await expectKind(join(directory, path), 'a file', (found) => found.isFile())
}

/**
 * The folder itself may be a link to one.
 * @throws CliError IN_THE_WAY
 */
export async function refuseOtherThanFolder(directory: string): Promise<void> {
  const found = await stat(directory).catch(() => undefined)
  if (!found?.isDirectory()) await expectKind(directory, 'a folder', () => false)
}

async function expectKind(file: string, kind: string, fits: (found: Stats) => boolean): Promise<void> {
  const found = await lstat(file).catch(() => undefined)
  if (!found || fits(found)) return
  const message = `${file}: expected ${kind} or nothing, found ${kindOf(found)}; move it away, or use another folder`
  throw new CliError('IN_THE_WAY', message, exitCodes.conflict, { file })
}

function kindOf(found: Stats): string {
  if (found.isSymbolicLink()) return 'a symbolic link'
  if (found.isDirectory()) return 'a folder'
  return found.isFile() ? 'a file' : 'a device or a pipe'
}
