import { expect, test } from '@jest/globals'
import { dirname } from 'node:path'
import { directSyscalls } from '../support/direct-syscalls.js'
import { watchSyscalls, type Call } from '../support/watched-syscalls.js'
import { orders, prepare, subjectOf, type Verb } from './orders.js'
import { useShelf, readAll } from './shelf.js'

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
