import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { runQuickChecks } from '../src/index.js'
import { Bench, complaints, findingOf, linux, ntfs, schemaOf, winpe } from './make-version.js'
import { partitionTable } from './make-images.js'

let bench: Bench
let pipable: Buffer

beforeAll(async () => {
  bench = await Bench.open()
  pipable = await bench.captureWim(200_000, '--pipable', '--compress=fast')
})
afterAll(() => bench.close())

const wim = 'hd0/part1.winpe.wim'
const lz4 = execFileSync('lz4', ['-c'], { input: randomBytes(4_000) })

async function findingsOf(...version: Parameters<Bench['version']>) {
  return runQuickChecks(await bench.version(...version))
}

describe('files that do not match the schema', () => {
  test('a missing WIM is named with its partition', async () => {
    const findings = await findingsOf(schemaOf(ntfs, { ...ntfs, usedmb: '41232' }), winpe, { [wim]: pipable })
    expect(findingOf(findings, 'files-match-schema')).toEqual({
      check: 'files-match-schema',
      verdict: 'FAIL',
      path: 'hd0/part2.winpe.wim',
      expected: 'disk 0, partition 2, NTFS, 41,232 MiB used',
      found: 'absent',
      message:
        'The schema calls for hd0/part2.winpe.wim (disk 0, partition 2, NTFS, 41,232 MiB used), and it is not there.',
    })
  })

  test('a file that nobody calls for is a warning', async () => {
    const extra = 'hd0/part9.winpe.wim'
    const findings = await findingsOf(schemaOf(ntfs), winpe, { [wim]: pipable, [extra]: pipable })
    expect(complaints(findings)).toEqual([`files-match-schema WARN ${extra}`])
  })

  test('a stale file beside the new one of the same partition fails', async () => {
    const files = {
      'hd0/table': partitionTable(),
      'hd0/part1.ntfs.gz': gzipSync('old'),
      'hd0/part1.ntfs.lz4': lz4,
    }
    const findings = await findingsOf(schemaOf({ fsType: 'ntfs' }), linux, files)
    expect(findingOf(findings, 'files-match-schema')).toMatchObject({
      verdict: 'FAIL',
      found: 'hd0/part1.ntfs.gz, hd0/part1.ntfs.lz4',
    })
  })

  test('a stale file of another file system fails, since servers look for that first', async () => {
    const files = {
      'hd0/table': partitionTable(),
      'hd0/part1.ntfs.lz4': lz4,
      'hd0/part1.extfs.lz4': lz4,
    }
    const findings = await findingsOf(schemaOf({ fsType: 'ext4' }), linux, files)
    expect(findingOf(findings, 'files-match-schema')).toMatchObject({
      verdict: 'FAIL',
      path: 'hd0/part1.ntfs.lz4',
      expected: 'hd0/part1.extfs.*',
    })
  })

  test.each(['hd0/vg0-root.xfs.gz', 'hd0/vg0-root.imager.lz4'])(
    'so does %s beside the file of its logical volume',
    async (stale) => {
      const volumegroup = { name: 'vg0', logicalvolumes: [{ name: 'root', fstype: 'ext4' }] }
      const files = { 'hd0/table': partitionTable(), 'hd0/vg0-root.extfs.lz4': lz4, [stale]: lz4 }
      const findings = await findingsOf(schemaOf({ fsid: '8e', volumegroup }), linux, files)
      expect(findingOf(findings, 'files-match-schema')).toMatchObject({ verdict: 'FAIL', path: stale })
    },
  )

  test.each(['lz4.filepart', 'lz4.tmp', 'bak', 'lz4_copy', 'zst'])(
    'a name that no client makes fails, even where it is the only one: part1.ntfs.%s',
    async (extension) => {
      const path = `hd0/part1.ntfs.${extension}`
      const files = { 'hd0/table': partitionTable(), [path]: lz4 }
      const findings = await findingsOf(schemaOf({ fsType: 'ntfs' }), linux, files)
      expect(findingOf(findings, 'files-match-schema')).toMatchObject({ verdict: 'FAIL', path })
    },
  )

  test.each(['hd0/part1.winpe.wim.filepart', 'hd0/part1.winpe.wim.bak', 'hd0/part1.winpe-Copy.wim'])(
    'the leftover %s beside the right file fails',
    async (path) => {
      const findings = await findingsOf(schemaOf(ntfs), winpe, { [wim]: pipable, [path]: pipable })
      expect(findingOf(findings, 'files-match-schema')).toMatchObject({ verdict: 'FAIL', path })
    },
  )

  test('two partitions of one number fail, since one file cannot hold both', async () => {
    const findings = await findingsOf(schemaOf(ntfs, { ...ntfs, number: '01' }), winpe, { [wim]: pipable })
    expect(findingOf(findings, 'files-match-schema')).toMatchObject({ verdict: 'FAIL', path: wim })
  })

  describe('a partition that nobody captured', () => {
    const locked = { type: 'Basic', fsType: '', size: '488397168' }
    const warnings = async (partition: object, capture = winpe) =>
      complaints(await findingsOf(schemaOf(ntfs, partition), capture, { [wim]: pipable }))

    test('is worth a warning when it is large and has no file system that can be read', async () => {
      expect(await warnings(locked)).toEqual(['files-match-schema WARN schema'])
    })

    test.each([
      ['reserved', { ...locked, type: 'Reserved' }],
      ['small', { ...locked, size: '32768' }],
      ['switched off', { ...locked, active: 'false' }],
    ])('is not worth one when it is %s', async (_what, partition) => {
      expect(await warnings(partition)).toEqual([])
    })

    test('is not worth one where the whole disk was captured', async () => {
      expect(await warnings(locked, { ...winpe, type: 'block' })).not.toContain(
        'files-match-schema WARN schema',
      )
    })
  })

  test('no file at all fails with what was called for', async () => {
    const findings = await findingsOf(schemaOf(ntfs), winpe, {})
    expect(findingOf(findings, 'files-match-schema')).toMatchObject({
      verdict: 'FAIL',
      expected: wim,
      found: 'none',
    })
  })
})
