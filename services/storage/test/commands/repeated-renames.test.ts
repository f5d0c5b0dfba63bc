import { expect, test } from '@jest/globals'
import { mkdirSync, rmdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { directSyscalls } from '../support/direct-syscalls.js'
import { watchSyscalls, type Call } from '../support/watched-syscalls.js'
import { orders, prepare, subjectOf, trashName, whereIs, type Verb } from './orders.js'
import { lab, office, other, readAll, useShelf } from './shelf.js'

const shelf = useShelf()

const moving: readonly Verb[] = ['trash', 'restore', 'move', 'clone']

test.each(moving)(
  'a %s that was cut off before its rename was synced syncs both folders when it is repeated',
  async (verb) => {
    await prepare(verb, shelf.store)
    const sys = watchSyscalls(directSyscalls)
    await shelf.reopen({ sys })
    const isMove = ({ name, path }: Call): boolean =>
      name === 'rename' && path.includes(subjectOf(verb)) && !path.endsWith('.new')
    sys.interfere = ({ name }) => {
      if (name === 'fsync' && sys.calls.some(isMove)) sys.die()
    }
    const command = () => orders[verb](shelf.store, { epoch: 1, opSeq: 2 })
    await expect(command()).rejects.toThrow('killed')
    const { path = '', to = '' } = sys.calls.find(isMove) ?? {}
    const next = watchSyscalls(directSyscalls)
    await shelf.reopen({ sys: next })
    const begun = next.calls.length
    await command()
    const synced = next.calls.slice(begun).filter(({ name }) => name === 'fsync')
    expect(synced.map((call) => call.path)).toEqual(expect.arrayContaining([dirname(path), dirname(to)]))
    await readAll(shelf.store, subjectOf(verb))
  },
)

test.each([
  ['trash', `trash/${trashName}`, 'trash'],
  ['move', `images/${office.imageId}/versions/${other}`, office.imageId],
] as const)(
  'a %s that was cut off before its rename is not taken for done where something else has its place',
  async (verb, place, end) => {
    const sys = watchSyscalls(directSyscalls)
    await shelf.reopen({ sys })
    sys.interfere = ({ name, path }) => {
      if (name === 'rename' && path.endsWith(other)) sys.die()
    }
    const command = () => orders[verb](shelf.store, { epoch: 1, opSeq: 2 })
    await expect(command()).rejects.toThrow('killed')
    const taken = join(shelf.volume, place)
    await shelf.reopen({ meanwhile: () => mkdirSync(taken, { recursive: true }) })
    await expect(command()).rejects.toMatchObject({ reason: 'PLACE_TAKEN' })
    expect(await whereIs(shelf.store, other)).toBe(lab.imageId)
    rmdirSync(taken)
    await command()
    expect(await whereIs(shelf.store, other)).toBe(end)
  },
)
