import { expect, test } from '@jest/globals'
import { PassThrough } from 'node:stream'
import type { CliEnvironment } from '../cli-environment.js'
import { Session, type GlobalOptions } from '../session.js'
import { startProgress } from './progress.js'
import { Speedometer } from './speedometer.js'
import { screenAfter } from '../../test/support/screen.js'
import { Transfer } from './transfer.js'

test('speed is that of the last seconds, and the time left follows from it', () => {
  let at = 0
  const speed = new Speedometer(() => at)
  const transfer = new Transfer('hd0/part1.winpe.wim', 120_000_000, speed)
  for (let bytes = 0; at <= 10_000; at += 1_000, bytes += 1_000_000) transfer.update(bytes)
  at = 11_000
  transfer.update(60_000_000, 'connecting')
  expect(speed.bytesPerSecond()).toBeGreaterThan(8_000_000)
  expect(transfer.describe()).toMatch(/^60 MB of 120 MB, \d+(\.\d+)? MB\/s, \d s left, connecting$/)
  expect(transfer.document()).toMatchObject({
    bytes: '60000000',
    totalBytes: '120000000',
    remark: 'connecting',
  })
})

test('speed falls while nothing comes', () => {
  let at = 0
  const speed = new Speedometer(() => at)
  speed.add(0)
  at = 1_000
  speed.add(10_000_000)
  expect(speed.bytesPerSecond()).toBe(10_000_000)
  at = 10_000
  expect(speed.bytesPerSecond()).toBe(1_000_000)
})

/** A session that writes to a terminal or a pipe, and what it has written. */
function sessionOn(terminal: boolean, options: GlobalOptions): { session: Session; written: () => string } {
  const stderr = Object.assign(new PassThrough(), {
    isTTY: terminal,
    columns: 120,
    cursorTo: () => true,
    moveCursor: () => true,
    clearLine: () => true,
    clearScreenDown: () => true,
  })
  const pieces: Buffer[] = []
  stderr.on('data', (piece: Buffer) => pieces.push(piece))
  const environment = { stderr, stdout: new PassThrough(), env: {}, cwd: '/' } as unknown as CliEnvironment
  const session = new Session(environment, options, undefined)
  return { session, written: () => Buffer.concat(pieces).toString() }
}

test('on a terminal each file has its bar, and several files a total above them', () => {
  const { session, written } = sessionOn(true, {})
  const progress = startProgress(session, { files: 2, bytes: 300 })
  const one = progress.line('hd0/part1.winpe.wim', 100)
  const other = progress.line('hd0/part2.winpe.wim', 200)
  one.update(50)
  other.update(100)
  one.end('done, 100 B')
  progress.stop()
  const lines = screenAfter(written(), 24)
  expect(lines.find((line) => line.includes('total of 2 files'))).toMatch(/█+░+ 200 B of 300 B/)
  expect(lines.find((line) => line.includes('hd0/part1.winpe.wim'))).toMatch(/wim +done, 100 B/)
  expect(lines.find((line) => line.includes('hd0/part2.winpe.wim'))).toMatch(/█░+ 100 B of 200 B/)
})

test('with 300 files the total stays in sight, and each file that has ended is told once', () => {
  const { session, written } = sessionOn(true, {})
  const progress = startProgress(session, { files: 300, bytes: 30_000 })
  const name = (number: number): string => `hd0/part${number}.winpe.wim`
  for (let number = 1; number <= 300; number += 4) {
    const lines = [0, 1, 2, 3].map((more) => progress.line(name(number + more), 100))
    for (const line of lines) line.update(50)
    const shown = screenAfter(written(), 24)
    // Before the first of them has ended nothing need have been drawn yet.
    if (number > 1) expect(shown).toContainEqual(expect.stringContaining('total of 300 files'))
    for (const line of lines) line.end('done, 100 B')
  }
  progress.stop()
  const screen = screenAfter(written(), 1_000)
  expect(screen.filter((line) => line.includes('total of 300 files'))).toHaveLength(1)
  expect(screen.filter((line) => /wim +done, 100 B$/.test(line))).toHaveLength(300)
})

test('more files at once than the terminal has rows do not push the total out of it', () => {
  const { session, written } = sessionOn(true, {})
  const progress = startProgress(session, { files: 64, bytes: 6_400 })
  const lines = Array.from({ length: 64 }, (_, index) => progress.line(`hd0/part${index}.winpe.wim`, 100))
  for (const line of lines) line.update(100)
  progress.stop()
  expect(screenAfter(written(), 24).filter((line) => line.includes('6.4 kB of 6.4 kB'))).toHaveLength(1)
})

test('of a pipe the bytes are counted, and no end is pretended', () => {
  const { session, written } = sessionOn(true, {})
  const progress = startProgress(session)
  progress.line('hd0/part1.winpe.wim', undefined).update(5_000_000)
  progress.stop()
  expect(written()).toMatch(/hd0\/part1\.winpe\.wim +░+ 5 MB, /)
  expect(written()).not.toContain('left')
})

test('with --json every line on standard error is a document', () => {
  const { session, written } = sessionOn(true, { json: true })
  const progress = startProgress(session, { files: 2, bytes: 300 })
  const line = progress.line('hd0/part1.winpe.wim', 100)
  line.update(50)
  line.end('done, 100 B')
  session.say('next: seal')
  progress.stop()
  const documents = written()
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text) as unknown)
  expect(documents).toMatchObject([
    { progress: { name: 'hd0/part1.winpe.wim', bytes: '100', totalBytes: '100', end: 'done, 100 B' } },
    { note: 'next: seal' },
  ])
})

test('quiet is silent', () => {
  const { session, written } = sessionOn(true, { quiet: true })
  startProgress(session).line('hd0/part1.winpe.wim', 100).end('done')
  session.say('next: seal')
  expect(written()).toBe('')
})
