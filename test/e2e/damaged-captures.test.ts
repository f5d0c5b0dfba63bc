import { flipMiddleByte, startHouse, type House } from '@goldkeep/testing'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { chmod, cp, rm, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import {
  begin,
  captureMachine,
  checksOf,
  efi,
  failuresOf,
  uploadVersion,
  versionDirectory,
  windows,
  type Capture,
} from './support/scenario.js'

describe('a damaged capture is named for what it is, and the primary stays', () => {
  let house: House
  let capture: Capture
  let good: string
  const image = 'win11-lab'

  beforeAll(async () => {
    house = await startHouse({ queue: 'postgres', workers: 1 })
    capture = await captureMachine(join(house.directory, 'capture'))
    await house.goldkeep.run('image', 'create', image)
    good = await uploadVersion(house, image, capture.folder)
    await house.goldkeep.run('version', 'wait', good)
    await house.goldkeep.run('promote', good)
  }, 90_000)
  afterAll(() => house.stop(), 30_000)

  const primary = async (): Promise<string> =>
    (JSON.parse(await house.goldkeep.run('primary', image, '--json')) as { versionId: string }).versionId

  /** A copy of the captured folder in which the Windows partition is damaged. */
  const damagedCopy = async (name: string, damage: (file: string) => Promise<void>): Promise<string> => {
    const folder = join(house.directory, name)
    await cp(capture.folder, folder, { recursive: true })
    await damage(join(folder, windows))
    return folder
  }

  /** Uploads a folder whose version the quick checks refuse, at the seal and ever after; says its id. */
  const uploadRefused = async (folder: string): Promise<string> => {
    const uploaded = await house.goldkeep.attempt('upload', folder, '--image', image, '--anyway', '--json')
    expect(uploaded.code).toBe(7)
    const { versionId } = JSON.parse(uploaded.stdout) as { versionId: string }
    expect((await house.goldkeep.attempt('version', 'wait', versionId)).code).toBe(7)
    return versionId
  }

  test('a folder that lacks a file is told before anything is sent, and sent with --anyway alone', async () => {
    const folder = await damagedCopy('lacking', rm)
    const listVersions = () => house.goldkeep.run('version', 'list', image, '--all', '--json')
    const before = await listVersions()
    const { code, stderr, stdout } = await house.goldkeep.attempt(
      'upload',
      folder,
      '--image',
      image,
      '--json',
    )
    expect(code).toBe(7)
    expect(stderr).toMatch(
      /nothing was sent: .*hd0\/part3\.winpe\.wim.*With --anyway it is sent nevertheless/s,
    )
    expect(JSON.parse(stdout)).toMatchObject({
      findings: expect.arrayContaining([expect.objectContaining({ verdict: 'FAIL', path: windows })]),
    })
    expect(await listVersions()).toBe(before)
    await uploadRefused(folder)
  })

  test('an upload of the files that a version has already says so', async () => {
    const { stderr } = await house.goldkeep.attempt('upload', capture.folder, '--image', image)
    expect(stderr).toContain(`the files are the same, byte for byte, as those of ${image}@1`)
  })

  test('a .wim that the schema calls for and nobody sent: told at seal, exit 7', async () => {
    const id = await begin(house, image, capture)
    await house.goldkeep.run('upload', 'write', id, efi, capture.efiFile)
    const sealed = await house.goldkeep.attempt('upload', 'seal', id, '--json')
    expect(sealed.code).toBe(7)
    expect(sealed.stdout).toContain(windows)
    const waited = await house.goldkeep.attempt('version', 'wait', id)
    expect(waited.code).toBe(7)
    expect(failuresOf(await checksOf(house, id))).toContainEqual(
      expect.objectContaining({ check: 'files-match-schema', path: windows }),
    )
    expect(await primary()).toBe(good)
  }, 60_000)

  test('a file of zero bytes: told at seal, exit 7', async () => {
    const id = await uploadRefused(await damagedCopy('empty', (file) => truncate(file)))
    expect(failuresOf(await checksOf(house, id))).toContainEqual(
      expect.objectContaining({ check: 'sizes', path: windows, found: expect.stringContaining('0') }),
    )
    expect(await primary()).toBe(good)
  }, 60_000)

  test('a .wim cut by one byte: wim-structure finds it', async () => {
    const cut = await damagedCopy('cut', async (file) => truncate(file, (await stat(file)).size - 1))
    const id = await uploadRefused(cut)
    expect(failuresOf(await checksOf(house, id))).toContainEqual(
      expect.objectContaining({
        check: 'wim-structure',
        path: windows,
        expected: expect.any(String),
        found: expect.any(String),
      }),
    )
    expect(await primary()).toBe(good)
  }, 60_000)

  test('a byte flipped before the upload: only wim-content finds it', async () => {
    const flipped = await damagedCopy('flipped', flipMiddleByte)
    const id = await uploadVersion(house, image, flipped)
    expect((await house.goldkeep.attempt('version', 'wait', id)).code).toBe(7)
    const failures = failuresOf(await checksOf(house, id))
    expect(failures.map(({ check, path }) => ({ check, path }))).toEqual([
      { check: 'wim-content', path: windows },
    ])
    expect((await house.goldkeep.attempt('promote', id)).code).toBe(5)
    expect(await primary()).toBe(good)
  }, 60_000)

  test('a byte flipped on disk after the seal: digests find it, and the version is DAMAGED', async () => {
    const id = await uploadVersion(house, image, capture.folder)
    await house.goldkeep.run('version', 'wait', id)
    const file = join(versionDirectory(house, image, id), windows)
    await chmod(file, 0o644)
    await flipMiddleByte(file)
    await house.goldkeep.attempt('version', 'validate', id)
    expect((await house.goldkeep.attempt('version', 'wait', id)).code).toBe(7)
    expect(failuresOf(await checksOf(house, id))).toContainEqual(
      expect.objectContaining({
        check: 'digests',
        path: windows,
        expected: expect.stringMatching(/[0-9a-f]{64}/),
        found: expect.stringMatching(/[0-9a-f]{64}/),
      }),
    )
    const shown = JSON.parse(await house.goldkeep.run('version', 'show', id, '--json')) as {
      presence: string
    }
    expect(shown.presence).toBe('DAMAGED')
    expect((await house.goldkeep.attempt('promote', id)).code).toBe(7)
    expect(await primary()).toBe(good)
  }, 60_000)
})
