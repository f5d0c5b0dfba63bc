import { describe, expect, test } from '@jest/globals'
import {
  chmod,
  cp,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { first, lab, office, other, primary, useShelf } from './commands/shelf.js'

const shelf = useShelf()
const at = (...path: string[]): string =>
  join(shelf.volume, 'images', lab.imageId, 'versions', other, ...path)
const look = (versionId = other) => shelf.store.examine(versionId, lab.imageId)
const damaged = (found: RegExp) => ({ presence: 'DAMAGED', found: expect.stringMatching(found) as unknown })

async function fingerprint(): Promise<string> {
  const found = await look()
  if (found.presence !== 'PRESENT') throw new Error(`expected a whole version, found it ${found.presence}`)
  return found.fingerprint
}

describe('a look at a version', () => {
  test('that is whole tells its manifest, and the same fingerprint every time', async () => {
    const manifestDigest = shelf.store.findVersion(other)?.manifestDigest
    const whole = { presence: 'PRESENT', imageId: lab.imageId, manifestDigest }
    expect(await look()).toEqual({ ...whole, fingerprint: await fingerprint() })
  })

  test('that lies in another image’s directory after a start tells in which', async () => {
    const place = (imageId: string) => join(shelf.volume, 'images', imageId, 'versions')
    await shelf.reopen({
      meanwhile: () => {
        mkdirSync(place(office.imageId), { recursive: true })
        renameSync(join(place(lab.imageId), other), join(place(office.imageId), other))
      },
    })
    expect(await look()).toMatchObject({ presence: 'PRESENT', imageId: office.imageId })
    renameSync(join(place(office.imageId), other), join(place(lab.imageId), other))
    expect(await look()).toMatchObject({ presence: 'MISSING' })
    expect(await look()).toMatchObject({ presence: 'PRESENT', imageId: lab.imageId })
  })

  test('of which a file was written to, or replaced by one as long, tells another fingerprint', async () => {
    const whole = await fingerprint()
    await utimes(at(first), new Date(), new Date(Date.now() + 5_000))
    const written = await fingerprint()
    await cp(at(first), at('copy'), { preserveTimestamps: true })
    await rename(at('copy'), at(first))
    expect(new Set([whole, written, await fingerprint()]).size).toBe(3)
  })

  test('finds a file that is cut, a file that is gone, and another manifest', async () => {
    await chmod(at(first), 0o644)
    await truncate(at(first), 10)
    expect(await look()).toEqual(damaged(/part1.*expected a file of 1500 bytes, found 10 bytes/))
    await rm(at(first))
    expect(await look()).toEqual(damaged(/part1.*expected a file of 1500 bytes, found none/))
    const manifest = await readFile(at('version.json'), 'utf8')
    await rm(at('version.json'))
    await writeFile(at('version.json'), `${manifest} `)
    expect(await look()).toEqual(damaged(/^version\.json: expected sha256/))
  })

  test('finds a link in the place of a directory, and goes through none', async () => {
    await rename(at('hd0'), at('elsewhere'))
    await symlink('elsewhere', at('hd0'))
    expect(await look()).toEqual(damaged(/^expected a directory, .*hd0/))
  })

  test('whose directory is gone forgets it, and finds it when it is back, with its link', async () => {
    const place = join(shelf.volume, 'images', lab.imageId, 'versions', primary)
    const link = join(shelf.volume, 'primary', 'images', lab.imageId)
    await rename(place, `${shelf.volume}-away`)
    await rm(link)
    expect((await look(primary)).presence).toBe('MISSING')
    expect(shelf.store.findVersion(primary)).toBeUndefined()
    await rename(`${shelf.volume}-away`, place)
    expect((await look(primary)).presence).toBe('PRESENT')
    expect(shelf.store.findVersion(primary)?.imageId).toBe(lab.imageId)
    expect(await readlink(link)).toBe(`../../images/${lab.imageId}/versions/${primary}`)
  })
})
