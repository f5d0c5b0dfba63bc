import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  checkNames,
  findingVerdicts,
  type CheckName,
  type Finding,
  type FindingVerdict,
} from '@goldkeep/domain'
import { withinBounds } from './finding.js'
import { decideVerdict } from './index.js'

const wim = { path: 'hd0/part1.winpe.wim', kind: 'wim-pipable' }
const block = { path: 'hd0/part1.ntfs.lz4', kind: 'lz4' }
const general = ['schema-sound', 'files-match-schema', 'sizes', 'digests'] as const
const ofWims = ['wim-structure', 'wim-metadata', 'wim-content'] as const

const finding = (check: CheckName, verdict: FindingVerdict, path?: string): Finding => ({
  check,
  verdict,
  message: '',
  ...(path !== undefined && { path }),
})
const passes = (checks: readonly CheckName[], path?: string): Finding[] =>
  checks.map((check) => finding(check, 'PASS', path))
const allOf = (path: string): Finding[] => [...passes(general), ...passes(ofWims, path)]

describe('the verdict', () => {
  test('is VALID when every required check passed or warned', () => {
    expect(decideVerdict([wim], allOf(wim.path))).toBe('VALID')
    const warned = allOf(wim.path).map((one) => ({ ...one, verdict: 'WARN' as const }))
    expect(decideVerdict({ files: [wim] }, warned)).toBe('VALID')
  })

  test('wants nothing of WIMs where there are none', () => {
    const imager = { path: 'hd0/part1.imager.wim', kind: 'lz4' }
    for (const image of [block, imager]) {
      const examined = passes(['block-image'], image.path)
      expect(decideVerdict([image], [...passes(general), ...examined])).toBe('VALID')
      expect(decideVerdict([image], passes(general))).toBe('UNDECIDED')
    }
  })

  test('wants wim-content for each WIM', () => {
    const second = { path: 'hd0/part2.winpe.wim', kind: 'wim' }
    expect(decideVerdict([wim, second], allOf(wim.path))).toBe('UNDECIDED')
    expect(decideVerdict([wim, second], [...allOf(wim.path), ...passes(ofWims, second.path)])).toBe('VALID')
  })

  test('takes what a long list of findings leaves out by the finding that counts it', () => {
    const wims = Array.from({ length: 300 }, (_, index) => ({
      path: `hd0/part${index}.winpe.wim`,
      kind: 'wim',
    }))
    const listed = wims.map(({ path }) => finding('wim-content', 'PASS', path))
    const others = ['wim-structure', 'wim-metadata'] as const
    const rest = others.flatMap((check) => wims.map(({ path }) => finding(check, 'PASS', path)))
    const decided = (last: Finding): string =>
      decideVerdict(wims, [...passes(general), ...rest, ...withinBounds('wim-content', [...listed, last])])
    expect(decided(finding('wim-content', 'PASS', 'hd0/last.wim'))).toBe('VALID')
    expect(withinBounds('wim-content', listed)).toHaveLength(201)
    const skipped = wims.map(({ path }) => finding('wim-content', 'SKIP', path))
    const many = withinBounds('wim-content', [...skipped, ...listed.slice(0, 1)])
    expect(decideVerdict(wims, [...passes(general), ...rest, ...many])).toBe('UNDECIDED')
  })

  test('goes by the name where nobody looked at the bytes', () => {
    expect(decideVerdict([{ path: wim.path }], passes(general))).toBe('UNDECIDED')
    expect(decideVerdict([{ path: 'hd0/part2.imager.wim' }], passes(general))).toBe('VALID')
  })

  test('is UNDECIDED after the quick checks alone', () => {
    const quick = allOf(wim.path).filter(({ check }) => check !== 'digests' && check !== 'wim-content')
    expect(decideVerdict([wim], quick)).toBe('UNDECIDED')
    expect(decideVerdict([], [])).toBe('UNDECIDED')
  })

  test('is UNDECIDED when a required check was skipped', () => {
    const findings = allOf(wim.path).map((one) =>
      one.check === 'sizes' ? { ...one, verdict: 'SKIP' as const } : one,
    )
    expect(decideVerdict([wim], findings)).toBe('UNDECIDED')
  })

  test('is never INVALID without a FAIL, and never VALID with a FAIL or an ERROR', () => {
    const any = fc.record({
      check: fc.constantFrom(...checkNames),
      verdict: fc.constantFrom(...findingVerdicts),
    })
    fc.assert(
      fc.property(fc.array(any), fc.boolean(), (some, whole) => {
        const findings = [
          ...some.map(({ check, verdict }) => finding(check, verdict, wim.path)),
          ...(whole ? allOf(wim.path) : []),
        ]
        const failed = findings.some(({ verdict }) => verdict === 'FAIL')
        const errored = findings.some(({ verdict }) => verdict === 'ERROR')
        const decision = decideVerdict([wim], findings)
        expect(decision === 'INVALID').toBe(failed)
        if (decision === 'VALID') expect(errored).toBe(false)
        if (whole && !failed && !errored) expect(decision).toBe('VALID')
      }),
    )
  })
})
