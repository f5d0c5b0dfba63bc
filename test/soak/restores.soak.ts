import { expect, test } from '@jest/globals'
import { minutes, say, seed } from './long-run.js'
import { soakRestores } from './restores/restores.js'

test(`a database that is put back at random for ${minutes} minutes breaks no law`, async () => {
  const counts = await soakRestores({
    ...{ milliseconds: minutes * 60_000, seed },
    onLook: (soFar) => say(`databases: ${JSON.stringify(soFar)}`),
  })
  expect(counts.putBack).toBeGreaterThan(0)
})
