import { expect, test } from '@jest/globals'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { fresh, lab, sealStaged, stageVersion, useShelf } from './commands/shelf.js'

const shelf = useShelf()

/** Gives back what puts the upload's directory into `staging/` as it is now. */
async function keepStaged(): Promise<() => Promise<void>> {
  const staged = join(shelf.volume, 'staging', fresh)
  const copy = `${shelf.volume}-staged`
  await shelf.reopen({ meanwhile: () => cp(staged, copy, { recursive: true }) })
  return () => cp(copy, staged, { recursive: true })
}

test('an upload that was aborted, and whose staging is put back, stays aborted and leaves nothing', async () => {
  await stageVersion(shelf.store, fresh, lab.imageId)
  const putBack = await keepStaged()
  await shelf.store.endUpload(fresh, 'ABORTED', { epoch: 1, opSeq: 1 })
  const before = await shelf.tree()
  await shelf.reopen({ meanwhile: putBack })
  await expect(sealStaged(shelf.store, fresh)).rejects.toMatchObject({ reason: 'UPLOAD_ENDED' })
  expect(await shelf.tree()).toEqual(before)
  expect(await shelf.store.endUpload(fresh, 'EXPIRED', { epoch: 1, opSeq: 2 })).toBe('ABORTED')
})
