import { expect, test } from '@jest/globals'
import { refuseOtherFiles } from './refuse-other-files.js'

const staged = (...paths: string[]) => ({
  versionId: 'v',
  files: paths.map((path) => ({ path }) as Parameters<typeof refuseOtherFiles>[0]['files'][number]),
})

test('an upload that holds some of the folder, or nothing yet, is gone on with', () => {
  const captured = [{ path: 'hd0/part1.winpe.wim' }, { path: 'hd0/part2.winpe.wim' }]
  expect(() => refuseOtherFiles(staged(), captured)).not.toThrow()
  expect(() => refuseOtherFiles(staged('hd0/part2.winpe.wim'), captured)).not.toThrow()
})

test('an upload that holds a file of an earlier capture is not, and the message says how to go on', () => {
  const upload = staged('hd0/part1.winpe.wim', 'hd0/part2.winpe.wim')
  expect(() => refuseOtherFiles(upload, [{ path: 'hd0/part2.winpe.wim' }])).toThrow(
    /found hd0\/part1.winpe.wim of an earlier run; end it by `goldkeep upload abort v`/,
  )
})
