import { expect, test } from '@jest/globals'
import { Room } from './room.js'
import { nodeSyscalls, type Syscalls } from './syscalls.js'

test('room that one has taken is not given to another before the volume is looked at again', async () => {
  let looks = 0
  const statfs = async () => {
    looks += 1
    return { bsize: 1, blocks: 1_000, bavail: looks === 1 ? 100 : 40 }
  }
  const room = new Room({ ...nodeSyscalls, statfs } as unknown as Syscalls, 0, 0)
  await room.take(60)
  await room.take(40)
  await expect(room.take(41)).rejects.toMatchObject({ reason: 'NO_SPACE' })
  expect(looks).toBe(2)
})
