import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { link, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { parseFilePath, type Capture, type Finding } from '@goldkeep/domain'
import { openLocalFile, type CheckedFile, type CheckSubject } from '../src/index.js'

export const runProgram = promisify(execFile)

export const winpe: Capture = {
  environment: 'winpe',
  type: 'file',
  schemaOnly: false,
  skipLvmShrink: false,
  customSchema: false,
}
export const linux: Capture = { ...winpe, environment: 'linux', type: 'block' }

/** The schema of one disk whose partitions are numbered from 1. */
export const schemaOf = (...partitions: object[]): Uint8Array =>
  Buffer.from(
    JSON.stringify({
      harddrives: [
        { partitions: partitions.map((partition, index) => ({ number: `${index + 1}`, ...partition })) },
      ],
    }),
  )

export const ntfs = { fsType: 'NTFS', type: 'Basic', usedmb: '1' }

/** Makes version directories, and captures to put into them. */
export class Bench {
  private constructor(private readonly directory: string) {}

  static async open(): Promise<Bench> {
    return new Bench(await mkdtemp(join(tmpdir(), 'goldkeep-checks-')))
  }

  close(): Promise<void> {
    return rm(this.directory, { recursive: true })
  }

  /** A real WIM of `bytes` random bytes in a few files. */
  async captureWim(bytes: number, ...parameters: string[]): Promise<Buffer> {
    const source = join(this.directory, `source-${randomBytes(4).toString('hex')}`)
    await mkdir(source)
    for (let index = 0; index < 4; index += 1)
      await writeFile(join(source, `file-${index}`), randomBytes(bytes / 4))
    const file = `${source}.wim`
    await runProgram('wimlib-imagex', ['capture', source, file, 'golden', ...parameters])
    return readFile(file)
  }

  /** A real WIM of a tree with what differs in a WIM: content twice, a hard link, several chunks, an empty file. */
  async captureMixedTree(...parameters: string[]): Promise<Buffer> {
    const source = join(this.directory, `tree-${randomBytes(4).toString('hex')}`)
    await mkdir(join(source, 'Windows', 'System32'), { recursive: true })
    const text = Buffer.from('the same line again\n'.repeat(9_000))
    await writeFile(join(source, 'Windows', 'notes.txt'), text)
    await writeFile(join(source, 'Windows', 'System32', 'copy.txt'), text)
    await writeFile(join(source, 'Windows', 'random.bin'), randomBytes(150_000))
    await link(join(source, 'Windows', 'random.bin'), join(source, 'linked.bin'))
    await writeFile(join(source, 'empty'), '')
    await writeFile(join(source, 'small'), 'a few bytes')
    await runProgram('wimlib-imagex', ['capture', source, `${source}.wim`, 'golden', ...parameters])
    return readFile(`${source}.wim`)
  }

  /** A real WIM of one file of this name. */
  async captureNamed(name: string, ...parameters: string[]): Promise<Buffer> {
    const source = join(this.directory, `named-${randomBytes(4).toString('hex')}`)
    await mkdir(source)
    await writeFile(join(source, name), randomBytes(1_000))
    await runProgram('wimlib-imagex', ['capture', source, `${source}.wim`, 'golden', ...parameters])
    return readFile(`${source}.wim`)
  }

  /** Runs wimlib-imagex in a directory of its own, and gives the directory. */
  async wimlib(make: (directory: string) => Promise<void>): Promise<string> {
    const directory = await mkdtemp(join(this.directory, 'wimlib-'))
    await make(directory)
    return directory
  }

  /** A shell script that is run in place of wimlib-imagex. */
  async program(script: string): Promise<string> {
    const path = join(this.directory, `program-${randomBytes(4).toString('hex')}`)
    await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
    return path
  }

  /** A version of these files, with the digests of these bytes. */
  async version(
    schema: Uint8Array,
    capture: Capture,
    files: Record<string, Uint8Array>,
  ): Promise<CheckSubject> {
    const directory = await mkdtemp(join(this.directory, 'version-'))
    const checked: CheckedFile[] = []
    for (const [path, bytes] of Object.entries(files)) {
      const localPath = join(directory, path)
      await mkdir(dirname(localPath), { recursive: true })
      await writeFile(localPath, bytes)
      const sha256 = sha256Of(bytes)
      checked.push({
        path: parseFilePath(path),
        size: bytes.length,
        sha256,
        localPath,
        open: () => openLocalFile(localPath),
      })
    }
    return { schema, schemaSha256: sha256Of(schema), capture, files: checked }
  }
}

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** The findings that are neither PASS nor SKIP, as `check VERDICT path`. */
export const complaints = (findings: readonly Finding[]): string[] =>
  findings
    .filter(({ verdict }) => verdict !== 'PASS' && verdict !== 'SKIP')
    .map(({ check, verdict, path }) => [check, verdict, ...(path ? [path] : [])].join(' '))

export const findingOf = (findings: readonly Finding[], check: string, path?: string): Finding | undefined =>
  findings.find((finding) => finding.check === check && (path === undefined || finding.path === path))
