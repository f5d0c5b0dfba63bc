import { expect, test } from '@jest/globals'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { orders } from './commands/orders.js'
import { fresh, lab, useShelf, stageVersion } from './commands/shelf.js'

const shelf = useShelf()

const isNoJournal = (line: string): boolean => !line.includes('journal')

test('any byte of any journal that is damaged costs no sealed version, no staged byte, and no start', async () => {
  await orders.trash(shelf.store, { epoch: 1, opSeq: 1 })
  await orders.restore(shelf.store, { epoch: 1, opSeq: 2 })
  await stageVersion(shelf.store, fresh, lab.imageId)
  const versions = shelf.store.versions()
  const files = ['.commands.journal', `staging/${fresh}/journal`].map((name) => join(shelf.volume, name))
  let whole = new Map<string, Buffer>()
  await shelf.reopen({
    meanwhile: async () =>
      void (whole = new Map(
        await Promise.all(files.map(async (file) => [file, await readFile(file)] as const)),
      )),
  })
  for (const [file, bytes] of whole)
    for (let at = 0; at < bytes.length; at += 37) {
      const before = await shelf.tree()
      await shelf.reopen({
        meanwhile: async () => {
          for (const [other, content] of whole) await writeFile(other, content)
          const flipped = Buffer.from(bytes)
          flipped[at] = (flipped[at] ?? 0) ^ 4
          await writeFile(file, flipped)
        },
      })
      const context = `${file} at ${at}`
      expect([context, shelf.store.versions()]).toEqual([context, versions])
      expect([context, (await shelf.tree()).filter(isNoJournal)]).toEqual([
        context,
        before.filter(isNoJournal),
      ])
      // Of the empty frame at its end nothing depends.
      expect([context, shelf.store.troubles().length]).toEqual([context, at < bytes.length - 18 ? 1 : 0])
    }
})
