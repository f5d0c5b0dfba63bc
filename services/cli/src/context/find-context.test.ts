import { afterAll, expect, test } from '@jest/globals'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findContext } from './find-context.js'

async function houseIn(directory: string, context: object): Promise<string> {
  await mkdir(directory, { recursive: true })
  const file = join(directory, 'context.json')
  await writeFile(file, JSON.stringify(context))
  return file
}

const all = await mkdtemp(join(tmpdir(), 'goldkeep-context-'))
afterAll(() => rm(all, { recursive: true, force: true }))
const scratch = () => mkdtemp(join(all, 'one-'))

test('the environment alone is enough', async () => {
  const env = { GOLDKEEP_ADDRESS: 'a:1', GOLDKEEP_TOKEN: 'gk_x' }
  expect(await findContext(env, await scratch())).toMatchObject({ address: 'a:1', token: 'gk_x' })
})

test('a house above the working directory is found, with its token file', async () => {
  const top = await scratch()
  const file = await houseIn(join(top, '.goldkeep'), { address: 'b:2', tokenFile: 'admin-token' })
  await writeFile(join(top, '.goldkeep', 'admin-token'), 'gk_admin\n')
  const deep = join(top, 'one', 'two')
  await mkdir(deep, { recursive: true })
  expect(await findContext({}, deep)).toEqual({ address: 'b:2', token: 'gk_admin', from: file })
})

test('GOLDKEEP_HOME means that house and no other', async () => {
  const top = await scratch()
  await houseIn(join(top, '.goldkeep'), { address: 'b:2', token: 'gk_other' })
  const home = join(top, 'home')
  await expect(findContext({ GOLDKEEP_HOME: home }, top)).rejects.toMatchObject({
    reason: 'NO_CONTEXT',
    exit: 2,
  })
  await houseIn(home, { address: 'c:3', token: 'gk_mine' })
  expect(await findContext({ GOLDKEEP_HOME: home }, top)).toMatchObject({ address: 'c:3', token: 'gk_mine' })
  const over = { GOLDKEEP_HOME: home, GOLDKEEP_ADDRESS: 'd:4' }
  expect(await findContext(over, top)).toMatchObject({ address: 'd:4', token: 'gk_mine' })
})

test('a file that Notepad has saved is read', async () => {
  const home = await scratch()
  const text = '\ufeff{ "address": "c:3", "token": "gk_mine" }\r\n'
  await writeFile(join(home, 'context.json'), text)
  expect(await findContext({ GOLDKEEP_HOME: home }, home)).toMatchObject({ address: 'c:3', token: 'gk_mine' })
})

test('a file that cannot be used is named with what is wrong', async () => {
  const home = await scratch()
  const file = await houseIn(home, { address: 'c:3' })
  await expect(findContext({ GOLDKEEP_HOME: home }, home)).rejects.toThrow(
    new RegExp(`${file} cannot be used: .*token`, 's'),
  )
})

test.each(['house', 'house:', 'house:0', '127.0.0.1:99999', '::1:7460', 'http://house:7460', 'a b:1'])(
  'the address %s is refused before it is tried',
  async (address) => {
    const found = findContext({ GOLDKEEP_ADDRESS: address, GOLDKEEP_TOKEN: 'gk_x' }, await scratch())
    await expect(found).rejects.toMatchObject({
      exit: 2,
      message: `GOLDKEEP_ADDRESS: expected host:port such as 127.0.0.1:7460 or [::1]:7460, found ${address}`,
    })
  },
)

test.each(['127.0.0.1:7460', '[::1]:7460', 'store.example.org:65535'])(
  'the address %s is one',
  async (address) => {
    const env = { GOLDKEEP_ADDRESS: address, GOLDKEEP_TOKEN: 'gk_x\r\n' }
    expect(await findContext(env, await scratch())).toMatchObject({ address, token: 'gk_x' })
  },
)

test.each(['gk_se\ncret', 'gk_se cret', 'gk_secrét'])(
  'a token that cannot be one is not shown: %j',
  async (token) => {
    const inEnvironment = findContext({ GOLDKEEP_ADDRESS: 'a:1', GOLDKEEP_TOKEN: token }, all)
    await expect(inEnvironment).rejects.toThrow(/^GOLDKEEP_TOKEN: expected a token(?!.*cr)/s)
    const home = await scratch()
    await houseIn(home, { address: 'a:1', token })
    await expect(findContext({ GOLDKEEP_HOME: home }, home)).rejects.toThrow(/expected a token(?!.*cr)/s)
  },
)
