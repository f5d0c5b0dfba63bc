import { expect } from '@jest/globals'
import type { Shelf } from './shelf.js'

/** The call is refused for the reason, and nothing on the volume has changed. */
export async function expectRefusal(
  shelf: Pick<Shelf, 'tree'>,
  reason: string,
  call: () => Promise<unknown>,
): Promise<void> {
  const before = await shelf.tree()
  await expect(call()).rejects.toMatchObject({ reason })
  expect(await shelf.tree()).toEqual(before)
}
