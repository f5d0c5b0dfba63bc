import { expect, test } from '@jest/globals'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startTestHouse } from './support/test-house.js'

const buf = fileURLToPath(new URL('../../../node_modules/.bin/buf', import.meta.url))

test('a client that knows only the address is told every method', async () => {
  const house = await startTestHouse()
  try {
    const url = `http://127.0.0.1:${house.storage.port}`
    const { stdout } = await promisify(execFile)(buf, [
      ...['curl', '--http2-prior-knowledge', '--protocol', 'grpc', '--list-methods', url],
    ])
    expect(stdout.trim().split('\n')).toEqual(
      expect.arrayContaining([
        'goldkeep.storage.v1.UploadData/Write',
        'goldkeep.storage.v1.VersionData/Read',
      ]),
    )
  } finally {
    await house.close()
  }
})
