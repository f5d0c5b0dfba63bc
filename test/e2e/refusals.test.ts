import { clientsWithBearer, openChannel } from '@goldkeep/client'
import { catalog, statusOfKind, storage } from '@goldkeep/contracts'
import { DomainError, reasons, type Reason } from '@goldkeep/domain'
import { goldkeepCommand, treeOf } from '@goldkeep/testing'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Status } from 'nice-grpc-common'
import { crc32 } from 'node:zlib'
import { startHouse, type House } from './support/house.js'
import { begin, captureMachine, efi, uploadVersion, windows, type Capture } from './support/scenario.js'

const image = 'win11-lab'

describe('what is refused is refused with its reason, and changes nothing on disk', () => {
  let house: House
  let capture: Capture
  let id: string
  let close: () => void
  let uploadData: storage.UploadDataClient

  beforeAll(async () => {
    house = await startHouse({ queue: 'postgres' })
    capture = await captureMachine(join(house.directory, 'capture'), 1024 * 1024)
    await house.goldkeep.run('image', 'create', image)
    id = await begin(house, image, capture)
    await house.goldkeep.run('upload', 'write', id, efi, capture.efiFile)
    await connectToStorage()
  }, 60_000)
  afterAll(async () => {
    close()
    await house.stop()
  }, 30_000)

  async function connectToStorage(): Promise<void> {
    const token = (await readFile(join(house.directory, 'admin-token'), 'utf8')).trim()
    const catalogChannel = openChannel(house.catalogAddress)
    const uploads = clientsWithBearer(() => token).create(catalog.UploadsDefinition, catalogChannel)
    const { ticket, volume } = await uploads.issueTicket({ versionId: id })
    const storageChannel = openChannel(volume?.address ?? '')
    uploadData = clientsWithBearer(() => ticket?.token ?? '').create(
      storage.UploadDataDefinition,
      storageChannel,
    )
    close = () => {
      catalogChannel.close()
      storageChannel.close()
    }
  }

  /** The staged uploads and versions; not the owner's heartbeat and the like at the volume's root. */
  const onDisk = (): Promise<string[]> => treeOf(house.volume, { without: /^\.[^/]*$/ })

  async function refusedBy(call: () => Promise<unknown>): Promise<DomainError> {
    const before = await onDisk()
    const error = await call().then(
      () => undefined,
      (refusal: unknown) => refusal,
    )
    expect(error).toBeInstanceOf(DomainError)
    expect(await onDisk()).toEqual(before)
    return error as DomainError
  }

  const statusOf = (reason: Reason): string => Status[statusOfKind[reasons[reason].kind]]

  type Start = Partial<storage.WriteStart>
  type Request = Parameters<storage.UploadDataClient['write']>[0] extends AsyncIterable<infer M> ? M : never

  async function write(start: Start, ...rest: Request[]): Promise<void> {
    async function* requests(): AsyncGenerator<Request> {
      const value = { versionId: id, path: windows, writerId: randomUUID(), ...start }
      yield { message: { $case: 'start', value } }
      yield* rest
    }
    for await (const answer of uploadData.write(requests())) expect(answer).toBeDefined()
  }
  const resume = (attemptId: string, offset: number): Start => ({
    mode: { $case: 'resume', value: { attemptId, offset: BigInt(offset) } },
  })

  test('a wrong offset: OFFSET_MISMATCH, OUT_OF_RANGE, with the committed size', async () => {
    const partial = await uploadHalf()
    const error = await refusedBy(() => write(resume(partial.attemptId, partial.committed + 1)))
    expect(error.reason).toBe('OFFSET_MISMATCH')
    expect(statusOf('OFFSET_MISMATCH')).toBe('OUT_OF_RANGE')
    expect(Object.values(error.metadata)).toContain(String(partial.committed))
  })

  /** A stream that half-closes without Finish: a partial commit. */
  async function uploadHalf(): Promise<{ attemptId: string; committed: number }> {
    const data = Buffer.from('half of a file')
    const chunk = { offset: 0n, data, crc32: crc32(data) }
    let ready: () => void = () => {}
    const isReady = new Promise<void>((resolve) => (ready = resolve))
    async function* requests(): AsyncGenerator<Request> {
      const start = {
        versionId: id,
        path: windows,
        writerId: randomUUID(),
        mode: { $case: 'restart', value: {} },
      } as const
      yield { message: { $case: 'start', value: start } }
      await isReady
      yield { message: { $case: 'chunk', value: chunk } }
    }
    let attemptId = ''
    for await (const { message } of uploadData.write(requests()))
      if (message?.$case === 'ready') {
        attemptId = message.value.attemptId
        ready()
      }
    const status = await uploadData.getStatus({ versionId: id })
    const committed = status.files.find(({ path }) => path === windows)?.committedSize
    expect(committed).toBe(BigInt(data.length))
    return { attemptId, committed: Number(committed) }
  }

  test('an attempt that was never begun: ATTEMPT_SUPERSEDED', async () => {
    const error = await refusedBy(() => write(resume('att-0123456789abcdef', 0)))
    expect(error.reason).toBe('ATTEMPT_SUPERSEDED')
  })

  test('a path that leaves the version: INVALID_PATH, and exit 2', async () => {
    const mode = { $case: 'restart', value: {} } as const
    const error = await refusedBy(() => write({ path: '../../etc/passwd', mode }))
    expect(error.reason).toBe('INVALID_PATH')
    expect(error.message).toContain('../../etc/passwd')
    const before = await onDisk()
    const { code, stderr } = await house.goldkeep.attempt(
      'upload',
      'write',
      id,
      '../../etc/passwd',
      capture.efiFile,
    )
    expect(code).toBe(2)
    expect(stderr).toContain('hd<N>/<name>')
    expect(await onDisk()).toEqual(before)
  })

  test('the schema cannot be written', async () => {
    const mode = { $case: 'restart', value: {} } as const
    expect((await refusedBy(() => write({ path: 'schema', mode }))).reason).toBe('INVALID_PATH')
  })

  test('an upload that is not known: exit 3', async () => {
    const before = await onDisk()
    const { code, stderr } = await house.goldkeep.attempt(
      'upload',
      'write',
      '20200101T000000Z-00000000',
      windows,
      capture.windowsFile,
    )
    expect(code).toBe(3)
    expect(stderr).toMatch(/^goldkeep: .*20200101T000000Z-00000000/)
    expect(await onDisk()).toEqual(before)
  })

  test('a seal with a wrong digest: DIGEST_MISMATCH, DATA_LOSS, exit 7', async () => {
    const other = await begin(house, image, capture)
    await house.goldkeep.run('upload', 'write', other, efi, capture.efiFile)
    const sums = join(house.directory, 'wrong-sums')
    await writeFile(sums, `${'5'.repeat(64)}  ${efi}\n`)
    const before = await onDisk()
    const { code, stderr } = await house.goldkeep.attempt('upload', 'seal', other, '--sums', sums, '--json')
    expect(code).toBe(7)
    expect(JSON.parse(stderr)).toMatchObject({
      error: { reason: 'DIGEST_MISMATCH', metadata: { path: efi } },
    })
    expect(statusOf('DIGEST_MISMATCH')).toBe('DATA_LOSS')
    expect(await onDisk()).toEqual(before)
  })

  test('a seal that leaves a staged file out: EXTRA_STAGED_FILES, FAILED_PRECONDITION', async () => {
    const error = await refusedBy(() => uploadData.seal({ versionId: id, files: [] }))
    expect(error.reason).toBe('EXTRA_STAGED_FILES')
    expect(error.message).toContain(efi)
    expect(statusOf('EXTRA_STAGED_FILES')).toBe('FAILED_PRECONDITION')
  })

  test('a schema that is not JSON: INVALID_SCHEMA, exit 2', async () => {
    const file = join(house.directory, 'not-json')
    await writeFile(file, '<harddrives/>')
    const before = await onDisk()
    const { code, stderr } = await house.goldkeep.attempt(
      'upload',
      'begin',
      image,
      '--schema',
      file,
      '--json',
    )
    expect(code).toBe(2)
    expect(JSON.parse(stderr)).toMatchObject({ error: { reason: 'INVALID_SCHEMA' } })
    expect(await onDisk()).toEqual(before)
  })

  test('an image name with a slash: INVALID_FIELD, exit 2', async () => {
    const { code, stderr } = await house.goldkeep.attempt('image', 'create', 'lab/win11', '--json')
    expect(code).toBe(2)
    expect(JSON.parse(stderr)).toMatchObject({
      error: { reason: 'INVALID_FIELD', message: expect.stringContaining('lab/win11') },
    })
  })

  test('no token, a wrong token: exit 4', async () => {
    const stranger = goldkeepCommand({ GOLDKEEP_ADDRESS: house.catalogAddress, GOLDKEEP_TOKEN: 'gk_wrong' })
    const { code } = await stranger.attempt('image', 'list')
    expect(code).toBe(4)
  })

  test('a second seal gives the same answer; with another list it is refused', async () => {
    const sealed = await uploadVersion(house, image, capture)
    const before = await onDisk()
    const again = await house.goldkeep.run('upload', 'seal', sealed, '--json')
    expect(JSON.parse(again)).toMatchObject({ versionId: sealed, recorded: true })
    expect(await onDisk()).toEqual(before)
    const sums = join(house.directory, 'other-sums')
    await writeFile(sums, `${'5'.repeat(64)}  ${efi}\n`)
    const { code, stderr } = await house.goldkeep.attempt('upload', 'seal', sealed, '--sums', sums, '--json')
    expect(code).toBe(7)
    expect(JSON.parse(stderr)).toMatchObject({ error: { reason: 'DIGEST_MISMATCH' } })
    expect(await onDisk()).toEqual(before)
  })

  test('a write into a sealed version: SEAL_BEGUN, exit 5', async () => {
    const sealed = await uploadVersion(house, image, capture)
    const before = await onDisk()
    const { code, stderr } = await house.goldkeep.attempt(
      'upload',
      'write',
      sealed,
      windows,
      capture.efiFile,
      '--json',
    )
    expect(code).toBe(5)
    expect(JSON.parse(stderr)).toMatchObject({
      error: { reason: expect.stringMatching(/^(SEAL_BEGUN|UPLOAD_ENDED)$/) },
    })
    expect(await onDisk()).toEqual(before)
  })
})
