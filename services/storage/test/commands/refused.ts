import { expect } from '@jest/globals'
import type { Shelf } from './shelf.js'

/** The call is refused for the reason, nothing on the volume has changed, and no command is written down. */
export async function expectRefusal(
  shelf: Pick<Shelf, 'tree' | 'journal'>,
  reason: string,
  call: () => Promise<unknown>,
): Promise<void> {
  const [tree, journal] = [await shelf.tree(), await shelf.journal()]
  await expect(call()).rejects.toMatchObject({ reason })
  expect(await shelf.tree()).toEqual(tree)
  expect(await shelf.journal()).toEqual(journal)
}
