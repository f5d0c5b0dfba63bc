import { expect, test } from '@jest/globals'
import { PassThrough } from 'node:stream'
import type { CliEnvironment } from '../cli-environment.js'
import { Session, type GlobalOptions } from '../session.js'
import { startProgress } from './progress.js'
import { Speedometer } from './speedometer.js'
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
  const lines = written().split('\n')
  expect(lines.find((line) => line.includes('total of 2 files'))).toMatch(/█+░+ 200 B of 300 B/)
  expect(lines.find((line) => line.includes('hd0/part1.winpe.wim'))).toMatch(/█ done, 100 B/)
  expect(lines.find((line) => line.includes('hd0/part2.winpe.wim'))).toMatch(/█░+ 100 B of 200 B/)
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
