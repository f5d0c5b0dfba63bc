import { expect, test } from '@jest/globals'
import { setTimeout as delay } from 'node:timers/promises'
import { holdsFile, sha256OfFile } from './holds-file.js'

test('a file that takes for ever to read is given up when the signal aborts', async () => {
  const over = new AbortController()
  const reading = sha256OfFile('/dev/zero', over.signal)
  await delay(1)
  over.abort()
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' })
})

test('after the signal has aborted no further file is looked at', async () => {
  const expected = { size: 0, sha256: '' }
  await expect(holdsFile('/nowhere', expected, AbortSignal.abort())).rejects.toMatchObject({
    name: 'AbortError',
  })
})
