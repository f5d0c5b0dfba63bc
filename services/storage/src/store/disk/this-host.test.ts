import { expect, test } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { isOver, parseStat } from './this-host.js'

/** As proc(5) has it: the kernel's line of a process in this state, with so many threads. */
const lineOf = (state: string, threads: number): string =>
  `4711 (a name) of (brackets) ${state} 1 4711 4711 0 -1 4228300 0 0 0 0 0 0 0 0 20 0 ${threads} 0 889231 0 0`

test('a process has ended when it is a zombie and its last thread has ended', () => {
  expect(isOver(parseStat(lineOf('Z', 1)))).toBe(true)
  expect(isOver(parseStat(lineOf('X', 0)))).toBe(true)
})

test('a killed process of which a thread is still in a system call has not ended', () => {
  expect(isOver(parseStat(lineOf('Z', 2)))).toBe(false)
})

test.each(['R', 'S', 'D', 'T', 't', 'I'])('a process in state %s has not ended', (state) => {
  expect(isOver(parseStat(lineOf(state, 1)))).toBe(false)
})

test('this process is told by its line, which has its threads and its start', () => {
  const { threads, startTime } = parseStat(readFileSync('/proc/self/stat', 'utf8'))
  expect(threads).toBeGreaterThan(1)
  expect(startTime).toMatch(/^\d+$/)
  expect(parseStat(lineOf('S', 3))).toEqual({ state: 'S', threads: 3, startTime: '889231' })
})
