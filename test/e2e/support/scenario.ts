import { captureWim, makeWindowsTree, sha256OfFile, winpeSchema, type House } from '@goldkeep/testing'
import { execFile } from 'node:child_process'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export const efi = 'hd0/part1.winpe.wim'
export const windows = 'hd0/part3.winpe.wim'
const mebibyte = 1024 * 1024

/** A machine as it stands before its capture. */
export interface Machine {
  readonly directory: string
  readonly schemaFile: string
  readonly efiTree: string
  readonly windowsTree: string
}

/** A machine with pipable captures of both partitions. */
export interface Capture extends Machine {
  /** Holds the schema and both files, as `goldkeep upload` takes them. */
  readonly folder: string
  readonly efiFile: string
  readonly windowsFile: string
}

/** Makes real trees and their schema. @param bytes size of the Windows tree; @param random see makeWindowsTree */
export async function makeMachine(directory: string, bytes: number, random = 0.5): Promise<Machine> {
  const at = (name: string): string => join(directory, name)
  const machine = { directory, schemaFile: at('schema'), efiTree: at('efi'), windowsTree: at('windows') }
  await mkdir(directory, { recursive: true })
  await makeWindowsTree(machine.efiTree, { seed: 1, bytes: 64 * 1024 })
  await makeWindowsTree(machine.windowsTree, { seed: 2, bytes, random })
  await writeFile(
    machine.schemaFile,
    winpeSchema({
      partitions: [
        { number: 1, type: 'System', fsType: 'FAT32', usedMiB: 1 },
        { number: 2, type: 'Reserved', fsType: '' },
        { number: 3, type: 'Basic', fsType: 'NTFS', usedMiB: Math.ceil(bytes / mebibyte) },
      ],
    }),
  )
  return machine
}

/** Makes a machine and captures it. @param bytes size of the Windows tree */
export async function captureMachine(directory: string, bytes = 4 * mebibyte): Promise<Capture> {
  const machine = await makeMachine(directory, bytes)
  const folder = join(directory, 'captured')
  const efiFile = join(folder, efi)
  const windowsFile = join(folder, windows)
  await mkdir(dirname(efiFile), { recursive: true })
  await copyFile(machine.schemaFile, join(folder, 'schema'))
  await captureWim(machine.efiTree, efiFile, { pipable: true })
  await captureWim(machine.windowsTree, windowsFile, { pipable: true })
  return { ...machine, folder, efiFile, windowsFile }
}

/**
 * Captures both partitions through pipes into a new version and seals it.
 * @returns its id, and what came out of the capture of the Windows partition
 */
export async function pipeVersion(
  house: House,
  image: string,
  machine: Machine,
): Promise<{ readonly id: string; readonly came: Record<string, string> }> {
  const id = await begin(house, image, machine)
  const came: Record<string, string> = {}
  for (const [path, tree] of [
    [efi, machine.efiTree],
    [windows, machine.windowsTree],
  ] as const) {
    const file = join(machine.directory, `came-${path.replace('/', '-')}`)
    const producer = `wimlib-imagex capture '${tree}' - --compress=fast | tee '${file}'`
    await house.goldkeep.pipe(producer, 'upload', 'write', id, path)
    came[path] = file
  }
  await house.goldkeep.run('upload', 'seal', id)
  return { id, came }
}

/** Throws unless the version has the very bytes that came, and its sums agree. */
export async function hasWhatCame(directory: string, came: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, file] of Object.entries(came))
    if ((await sha256OfFile(join(directory, path))) !== (await sha256OfFile(file)))
      throw new Error(`${path}: what is stored is not what came out of the pipe`)
  await sumsMatch(directory)
}

/** Begins an upload and says its id. */
export function begin(house: House, image: string, capture: Machine): Promise<string> {
  return house.goldkeep.run('upload', 'begin', image, '--schema', capture.schemaFile)
}

/** Uploads a captured folder and seals it; says the version's id. */
export async function uploadVersion(house: House, image: string, folder: string): Promise<string> {
  const sealed = await house.goldkeep.run('upload', folder, '--image', image, '--json')
  return (JSON.parse(sealed) as { versionId: string }).versionId
}

/** What the catalog has heard of the open upload, or of all of them; storage itself is not asked. In bytes. */
export async function committedBytes(house: House, id?: string): Promise<number> {
  const { stdout } = await house.goldkeep.attempt('upload', 'list', '--json')
  const { uploads } = JSON.parse(stdout) as { uploads: { versionId: string; committedBytes: string }[] }
  return uploads
    .filter(({ versionId }) => id === undefined || versionId === id)
    .reduce((sum, upload) => sum + Number(upload.committedBytes), 0)
}

export function versionDirectory(house: House, image: string, id: string): string {
  return join(house.volume, 'images', image, 'versions', id)
}

/** Throws unless `sha256sum -c` is content with every file of the directory. */
export async function sumsMatch(directory: string): Promise<void> {
  await run('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], { cwd: directory })
}

export interface Checks {
  readonly verdict: string
  readonly findings: readonly {
    check: string
    verdict: string
    path?: string
    expected?: string
    found?: string
  }[]
}

export async function checksOf(house: House, id: string): Promise<Checks> {
  const { stdout } = await house.goldkeep.attempt('version', 'checks', id, '--json')
  return JSON.parse(stdout) as Checks
}

export const failuresOf = (checks: Checks): Checks['findings'] =>
  checks.findings.filter(({ verdict }) => verdict === 'FAIL')
