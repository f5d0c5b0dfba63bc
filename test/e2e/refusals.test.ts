import { goldkeepCommand, startHouse, treeOf, type CommandOutcome, type House } from '@goldkeep/testing'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { begin, captureMachine, efi, uploadVersion, windows, type Capture } from './support/scenario.js'
import {
  connectUpload,
  refusalOf,
  restart,
  resume,
  type Refusal,
  type UploadWire,
} from './support/upload-wire.js'

const image = 'win11-lab'

describe('what is refused is refused with its reason, and changes nothing on disk', () => {
  let house: House
  let capture: Capture
  let id: string
  let wire: UploadWire

  beforeAll(async () => {
    house = await startHouse({ queue: 'postgres' })
    capture = await captureMachine(join(house.directory, 'capture'), 1024 * 1024)
    await house.goldkeep.run('image', 'create', image)
    id = await begin(house, image, capture)
    await house.goldkeep.run('upload', 'write', id, efi, capture.efiFile)
    wire = await connectUpload(house, id)
  }, 60_000)
  afterAll(async () => {
    wire.close()
    await house.stop()
  }, 30_000)

  /** The staged uploads and versions; not the owner's heartbeat and the like at the volume's root. */
  const onDisk = (): Promise<string[]> => treeOf(house.volume, { without: /^\.[^/]*$/ })

  async function refusedBy(call: () => Promise<unknown>): Promise<Refusal> {
    const before = await onDisk()
    const refusal = await refusalOf(call)
    expect(await onDisk()).toEqual(before)
    return refusal
  }

  /** A command that changes nothing on disk, whatever it says. */
  async function refusedCommand(...args: string[]): Promise<CommandOutcome> {
    const before = await onDisk()
    const outcome = await house.goldkeep.attempt(...args)
    expect(await onDisk()).toEqual(before)
    return outcome
  }

  test('a wrong offset: OFFSET_MISMATCH, OUT_OF_RANGE, with the committed size', async () => {
    const partial = await wire.writeHalf(windows)
    expect(partial.committed).toBeGreaterThan(0)
    const beyond = resume(partial.attemptId, partial.committed + 1)
    const error = await refusedBy(() => wire.write(windows, beyond))
    expect(error.reason).toBe('OFFSET_MISMATCH')
    expect(error.status).toBe('OUT_OF_RANGE')
    expect(Object.values(error.metadata)).toContain(String(partial.committed))
  })

  test('an attempt that was never begun: ATTEMPT_SUPERSEDED', async () => {
    const error = await refusedBy(() => wire.write(windows, resume('att-0123456789abcdef', 0)))
    expect(error).toMatchObject({ reason: 'ATTEMPT_SUPERSEDED', status: 'ABORTED' })
  })

  test('a path that leaves the version: INVALID_PATH, and exit 2', async () => {
    const error = await refusedBy(() => wire.write('../../etc/passwd', restart))
    expect(error).toMatchObject({ reason: 'INVALID_PATH', status: 'INVALID_ARGUMENT' })
    expect(error.message).toContain('../../etc/passwd')
    const { code, stderr } = await refusedCommand('upload', 'write', id, '../../etc/passwd', capture.efiFile)
    expect(code).toBe(2)
    expect(stderr).toContain('hd<N>/<name>')
  })

  test('the schema cannot be written', async () => {
    expect((await refusedBy(() => wire.write('schema', restart))).reason).toBe('INVALID_PATH')
  })

  test('an upload that is not known: exit 3', async () => {
    const { code, stderr } = await refusedCommand(
      'upload',
      'write',
      '20200101T000000Z-00000000',
      windows,
      capture.windowsFile,
    )
    expect(code).toBe(3)
    expect(stderr).toMatch(/^goldkeep: .*20200101T000000Z-00000000/)
  })

  test('a seal with a wrong digest: DIGEST_MISMATCH, exit 7', async () => {
    const other = await begin(house, image, capture)
    await house.goldkeep.run('upload', 'write', other, efi, capture.efiFile)
    const sums = join(house.directory, 'wrong-sums')
    await writeFile(sums, `${'5'.repeat(64)}  ${efi}\n`)
    const { code, stderr } = await refusedCommand('upload', 'seal', other, '--sums', sums, '--json')
    expect(code).toBe(7)
    expect(JSON.parse(stderr)).toMatchObject({
      error: { reason: 'DIGEST_MISMATCH', metadata: { path: efi } },
    })
  })

  test('a seal that leaves a staged file out: EXTRA_STAGED_FILES, FAILED_PRECONDITION', async () => {
    const error = await refusedBy(() => wire.client.seal({ versionId: id, files: [] }))
    expect(error.reason).toBe('EXTRA_STAGED_FILES')
    expect(error.message).toContain(efi)
    expect(error.status).toBe('FAILED_PRECONDITION')
  })

  test('a schema that is not JSON: INVALID_SCHEMA, exit 2', async () => {
    const file = join(house.directory, 'not-json')
    await writeFile(file, '<harddrives/>')
    const { code, stderr } = await refusedCommand('upload', 'begin', image, '--schema', file, '--json')
    expect(code).toBe(2)
    expect(JSON.parse(stderr)).toMatchObject({ error: { reason: 'INVALID_SCHEMA' } })
  })

  test('an image name with a slash: INVALID_FIELD, exit 2', async () => {
    const { code, stderr } = await refusedCommand('image', 'create', 'lab/win11', '--json')
    expect(code).toBe(2)
    expect(JSON.parse(stderr)).toMatchObject({
      error: { reason: 'INVALID_FIELD', message: expect.stringContaining('lab/win11') },
    })
  })

  test('a wrong token: UNAUTHENTICATED, exit 4', async () => {
    const stranger = goldkeepCommand({ GOLDKEEP_ADDRESS: house.catalogAddress, GOLDKEEP_TOKEN: 'gk_wrong' })
    const { code, stderr } = await stranger.attempt('image', 'list', '--json')
    expect(code).toBe(4)
    expect(JSON.parse(stderr)).toMatchObject({ error: { reason: 'UNAUTHENTICATED' } })
  })

  test('a folder that lacks what its open upload holds: EXTRA_STAGED_FILES, exit 5, before a byte is sent', async () => {
    const machine = ['--machine', 'serial:PC-7']
    const open = await house.goldkeep.run(
      ...['upload', 'begin', image, '--schema', capture.schemaFile, ...machine],
    )
    await house.goldkeep.run('upload', 'write', open, efi, capture.efiFile)
    const folder = join(house.directory, 'without-efi')
    await mkdir(join(folder, 'hd0'), { recursive: true })
    await copyFile(capture.schemaFile, join(folder, 'schema'))
    await copyFile(capture.windowsFile, join(folder, windows))
    const { code, stderr } = await refusedCommand('upload', folder, '--image', image, ...machine, '--anyway')
    expect(code).toBe(5)
    expect(stderr).toContain(`${efi} of an earlier run; end it by \`goldkeep upload abort ${open}\``)
    await house.goldkeep.run('upload', 'abort', open)
  })

  test('a second seal gives the same answer; with another list it is refused', async () => {
    const sealed = await uploadVersion(house, image, capture.folder)
    const before = await onDisk()
    const again = await house.goldkeep.run('upload', 'seal', sealed, '--json')
    expect(JSON.parse(again)).toMatchObject({ versionId: sealed, recorded: true })
    expect(await onDisk()).toEqual(before)
    const sums = join(house.directory, 'other-sums')
    await writeFile(sums, `${'5'.repeat(64)}  ${efi}\n`)
    const { code, stderr } = await refusedCommand('upload', 'seal', sealed, '--sums', sums, '--json')
    expect(code).toBe(7)
    expect(JSON.parse(stderr)).toMatchObject({ error: { reason: 'DIGEST_MISMATCH' } })
  })

  test('a write into a sealed version: SEAL_BEGUN, exit 5', async () => {
    const sealed = await uploadVersion(house, image, capture.folder)
    const { code, stderr } = await refusedCommand(
      'upload',
      'write',
      sealed,
      windows,
      capture.efiFile,
      '--json',
    )
    expect(code).toBe(5)
    expect(JSON.parse(stderr)).toMatchObject({
      error: { reason: 'SEAL_BEGUN' },
    })
  })
})
