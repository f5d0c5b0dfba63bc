import { afterAll, expect, test } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

const program = fileURLToPath(new URL('../bin/goldkeep.js', import.meta.url))
const nowhere = mkdtempSync(join(tmpdir(), 'goldkeep-cli-'))
afterAll(() => rmSync(nowhere, { recursive: true, force: true }))

function goldkeep(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { PATH = '' } = process.env
  const run = spawnSync(process.execPath, [program, ...args], {
    cwd: nowhere,
    env: { PATH, GOLDKEEP_HOME: nowhere, ...env },
    encoding: 'utf8',
  })
  return { exit: run.status, stdout: run.stdout, stderr: run.stderr }
}

test('help is data, and lists the commands and the exit codes', () => {
  const { exit, stdout } = goldkeep(['--help'])
  expect(exit).toBe(0)
  expect(stdout).toContain('rollback')
  expect(stdout).toContain('9 the producer or consumer failed')
})

test.each([
  [['frobnicate'], "unknown command 'frobnicate'"],
  [['upload', 'write', 'x'], "missing required argument 'path'"],
  [['upload', 'begin', 'win11'], "required option '--schema <file>' not specified"],
  [['upload', 'write', 'x', '../../etc/passwd', 'f'], 'path: expected "hd<N>/<name>"'],
  [['upload', 'write', 'x', 'hd0/a.wim', 'f', '--', 'cat'], 'either a file or a producer'],
  [['deploy', 'fetch', 'd', '--', 'cat'], 'expected --file PATH'],
  [['deploy', 'fetch', 'd', '--file', 'hd0/a.wim', '--', ''], 'expected a program after --'],
  [['status', '--', 'cat'], 'too many arguments'],
  [['deploy', 'fetch', '--file', 'hd0/a.wim', '--', 'cat'], "missing required argument 'deployment'"],
  [['upload', 'write', 'x', 'hd0/a.wim', 'f', 'g', '--', 'cat'], 'at most 3 arguments before --'],
  [['image', 'list', '--retry-for', 'soon'], 'Expected a time span'],
  [['token', 'create', 'lab', '--expires', '0s'], 'Expected at least 1s'],
  [['version', 'mark', 'win11@1'], 'expected one of --good, --bad and --clear'],
  [['status'], 'no house is known'],
])('%j is a usage error in one clear sentence', (args, sentence) => {
  const { exit, stdout, stderr } = goldkeep(args)
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
  expect(stderr).toMatch(/^goldkeep: [^\n]+\n(\(Did you mean.*\n)?$/)
  expect(stderr).toContain(sentence)
})

test.each([
  ['image', 'show', '--', '-lab'],
  ['--json', 'image', 'show', '--', '--json'],
  ['version', 'list', '--', '--all'],
])('what stands behind -- is an argument, whatever it looks like: %j', async (...args) => {
  const env = { GOLDKEEP_ADDRESS: `127.0.0.1:${await freePort()}`, GOLDKEEP_TOKEN: 'gk_x' }
  const { exit, stderr } = goldkeep(['--retry-for', '1ms', ...args], env)
  expect({ exit, stderr }).toEqual({ exit: 6, stderr: expect.stringContaining('cannot reach the catalog') })
})

test('with --json an error is one document on standard error', () => {
  const { exit, stdout, stderr } = goldkeep(['deploy', 'start', 'win11', '--json'])
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
  expect(JSON.parse(stderr)).toEqual({
    error: {
      reason: 'USAGE',
      message: "required option '--machine <id>' not specified (--help says how)",
      metadata: {},
    },
  })
})

test('a catalog that is not there is exit code 6, after trying for as long as asked', async () => {
  const port = await freePort()
  const env = { GOLDKEEP_ADDRESS: `127.0.0.1:${port}`, GOLDKEEP_TOKEN: 'gk_x' }
  const { exit, stderr } = goldkeep(['image', 'list', '--json', '--retry-for', '300ms'], env)
  expect(exit).toBe(6)
  expect(JSON.parse(stderr)).toMatchObject({
    error: { reason: 'UNAVAILABLE', metadata: { address: `127.0.0.1:${port}` } },
  })
})

/** Runs a shell's command line in which `goldkeep` is the program. */
function shell(commandLine: string) {
  const script = `goldkeep() { "${process.execPath}" "${program}" "$@"; }; ${commandLine}`
  const env = { PATH: process.env.PATH ?? '', GOLDKEEP_HOME: nowhere }
  const run = spawnSync('bash', ['-c', script], {
    cwd: nowhere,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return { exit: run.status, stdout: run.stdout, stderr: run.stderr }
}

test.each([
  ['a reader that has enough', 'goldkeep --help | true; exit ${PIPESTATUS[0]}', 0, ''],
  ['a full device', 'goldkeep --help >/dev/full', 8, 'goldkeep: standard output: no space left\n'],
  ['a file', 'goldkeep --help >help && grep -q rollback help', 0, ''],
  ['nowhere', 'goldkeep --help >&-', 0, ''],
])('data for %s', (_, commandLine, exit, stderr) => {
  expect(shell(commandLine)).toEqual({ exit, stdout: '', stderr })
})

test.each([
  ['its reader has ended', 'goldkeep status 2> >(exec 0<&-); exit $?'],
  ['it is closed', 'goldkeep status 2>&-'],
  ['it is full', 'goldkeep status 2>/dev/full'],
])('a command ends with its own exit code when it cannot say why: %s', (_, commandLine) => {
  expect(shell(commandLine)).toEqual({ exit: 2, stdout: '', stderr: '' })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 1
}
