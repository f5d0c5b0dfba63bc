import { sampleOf, startHouse, treeOf, waitUntil, type House, type QueueBackend } from '@goldkeep/testing'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mkdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import {
  captureMachine,
  hasWhatCame,
  pipeVersion,
  uploadVersion,
  versionDirectory,
  windows,
  type Capture,
} from './support/scenario.js'

describe.each(sampleOf<QueueBackend>('main job', ['postgres', 'redis']))(
  'separate services with the queue on %s and two workers',
  (queue) => {
    let house: House
    let capture: Capture
    const image = 'win11-lab'

    beforeAll(async () => {
      house = await startHouse({ queue, workers: 2 })
      capture = await captureMachine(join(house.directory, 'capture'))
      await house.goldkeep.run('image', 'create', image)
    }, 90_000)
    afterAll(() => house.stop(), 30_000)

    test('a capture that is piped in is stored byte for byte, checked, promoted, published and deployed', async () => {
      const { id, came } = await pipeVersion(house, image, capture)
      await house.goldkeep.run('version', 'wait', id)
      await hasWhatCame(versionDirectory(house, image, id), came)

      await house.goldkeep.run('promote', `${image}@1`)
      const link = join(house.volume, 'primary', 'images', image)
      const published = async (): Promise<boolean> => (await readlink(link).catch(() => '')).endsWith(id)
      await waitUntil(published, { timeoutMs: 15_000, what: 'the primary link' })

      const target = join(house.directory, 'applied')
      await mkdir(target)
      const deployment = await house.goldkeep.run('deploy', 'start', image, '--machine', '52:54:00:00:00:01')
      await house.goldkeep.run(
        'deploy',
        'fetch',
        deployment,
        '--file',
        windows,
        '--',
        'wimlib-imagex',
        'apply',
        '-',
        '1',
        target,
      )
      await house.goldkeep.run('deploy', 'finish', deployment)
      expect(await treeOf(target)).toEqual(await treeOf(capture.windowsTree))
    }, 90_000)

    test('a deployment keeps its version when another is promoted, and rollback goes back', async () => {
      const id = await uploadVersion(house, image, capture.folder)
      await house.goldkeep.run('version', 'wait', id)
      const deployment = await house.goldkeep.run('deploy', 'start', image, '--machine', '52:54:00:00:00:02')
      await house.goldkeep.run('promote', id)
      const shown = JSON.parse(await house.goldkeep.run('deploy', 'show', deployment, '--json')) as {
        versionNumber: number
      }
      expect(shown.versionNumber).toBe(1)
      await house.goldkeep.run('rollback', image, '--reason', 'the printer driver is broken')
      const primary = JSON.parse(await house.goldkeep.run('primary', image, '--json')) as { number: number }
      expect(primary.number).toBe(1)
      const left = JSON.parse(await house.goldkeep.run('version', 'show', id, '--json')) as { mark: string }
      expect(left.mark).toBe('BAD')
    }, 60_000)
  },
)
