import {
  captureWim,
  flipMiddleByte,
  makeWindowsTree,
  sha256OfFile,
  treeOf,
  waitUntil,
  winpeSchema,
} from '@goldkeep/testing'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { applyCommand, captureCommand, dyingCaptureCommand } from './captures.js'
import {
  begin,
  capture,
  efi,
  idOf,
  image,
  primaryNumber,
  startSlowDeployment,
  treeBytes,
  windows,
  type Deploying,
  type Stage,
} from './tasks.js'

/** Tells the whole story; throws at the first claim that does not hold. */
export async function tellStory(stage: Stage): Promise<void> {
  const trees = await buildTrees(stage)
  await firstCapture(stage, trees.monday)
  const deploying = await deployWhileACaptureDies(stage, trees.tuesday)
  await damagedCapture(stage, trees.tuesday)
  await promoteWhileDeploying(stage, trees.wednesday)
  await bothDeploymentsEnd(stage, deploying, trees)
  await rollBack(stage)
}

interface Trees {
  readonly efi: string
  readonly monday: string
  readonly tuesday: string
  readonly wednesday: string
}

async function buildTrees({ directory, narrator }: Stage): Promise<Trees> {
  narrator.chapter('Before we begin: a small Windows-like disk, as three days leave it')
  const tree = (name: string): string => join(directory, name)
  await makeWindowsTree(tree('efi'), { seed: 1, bytes: 256 * 1024 })
  await makeWindowsTree(tree('monday'), { seed: 2, bytes: treeBytes })
  await makeWindowsTree(tree('tuesday'), { seed: 3, bytes: treeBytes })
  await makeWindowsTree(tree('wednesday'), { seed: 4, bytes: treeBytes })
  await writeFile(
    join(directory, 'schema'),
    winpeSchema({
      partitions: [
        { number: 1, type: 'System', fsType: 'FAT32', usedMiB: 1 },
        { number: 2, type: 'Reserved', fsType: '' },
        { number: 3, type: 'Basic', fsType: 'NTFS', usedMiB: treeBytes / 1024 / 1024 },
      ],
    }),
  )
  narrator.tell('An EFI partition, a reserved one, and 48 MiB of Windows, in three states.')
  return { efi: tree('efi'), monday: tree('monday'), tuesday: tree('tuesday'), wednesday: tree('wednesday') }
}

async function firstCapture(stage: Stage, tree: string): Promise<void> {
  const { goldkeep, narrator } = stage
  narrator.chapter('(a) Monday: the first capture goes into service')
  await goldkeep.run('image', 'create', image, '--description', 'Windows 11 for the lab')
  narrator.tell('wimlib-imagex captures both partitions straight into the upload; it is sealed and checked.')
  const id = await capture(stage, tree)
  narrator.quote(await goldkeep.run('version', 'checks', id))
  narrator.tell('The checks found no obvious fault. That it is good is a person’s word:')
  await goldkeep.run('promote', `${image}@1`, '--reason', 'tested on the bench')
  narrator.claim('version 1 is what machines get', await primaryNumber(stage), 1)
}

async function deployWhileACaptureDies(stage: Stage, tuesday: string): Promise<Deploying> {
  const { goldkeep, narrator, directory, volume } = stage
  narrator.chapter('(b) Tuesday: a machine is being deployed, and the next capture dies half-way')
  const deploying = await startSlowDeployment(stage, '52:54:00:00:00:01')
  narrator.tell('A machine is in the middle of reading version 1.')

  const id = await begin(stage)
  await goldkeep.run('upload', 'write', id, efi, '--', ...captureCommand(join(directory, 'efi')))
  const died = await goldkeep.attempt(
    'upload',
    'write',
    id,
    windows,
    '--',
    ...dyingCaptureCommand(tuesday, treeBytes / 2),
  )
  narrator.claim('the command says that its producer failed, with exit code 9', died.code, 9)
  narrator.quote(await goldkeep.run('upload', 'status', id))
  narrator.claim('version 1 is still what machines get', await primaryNumber(stage), 1)

  const other = join(directory, 'while-it-failed')
  const second = await goldkeep.run('deploy', 'start', image, '--machine', '52:54:00:00:00:02')
  await goldkeep.run('deploy', 'fetch', second, '--to', other)
  const old = join(volume, 'images', image, 'versions', await idOf(stage, 1))
  narrator.claim(
    'another machine gets version 1 whole, byte for byte',
    await sha256OfFile(join(other, windows)),
    await sha256OfFile(join(old, windows)),
  )
  await goldkeep.run('deploy', 'finish', second)

  narrator.tell('The same command again, into the same upload, this time to its end:')
  const kept = join(directory, 'tuesday.wim')
  const tee = ['sh', '-c', 'wimlib-imagex capture "$0" - --compress=fast | tee "$1"', tuesday, kept]
  await goldkeep.run('upload', 'write', id, windows, '--', ...tee)
  await goldkeep.run('upload', 'seal', id)
  await goldkeep.run('version', 'wait', id)
  const stored = join(volume, 'images', image, 'versions', id)
  narrator.claim(
    'what is stored is exactly the second run’s bytes',
    await sha256OfFile(join(stored, windows)),
    await sha256OfFile(kept),
  )
  return deploying
}

async function damagedCapture(stage: Stage, tree: string): Promise<void> {
  const { goldkeep, narrator, directory } = stage
  narrator.chapter('(c) Wednesday: a damaged capture, then a good one')
  const damaged = join(directory, 'damaged.wim')
  await captureWim(tree, damaged, { pipable: true })
  await flipMiddleByte(damaged)
  const id = await begin(stage)
  await goldkeep.run('upload', 'write', id, efi, '--', ...captureCommand(join(directory, 'efi')))
  await goldkeep.run('upload', 'write', id, windows, damaged)
  await goldkeep.run('upload', 'seal', id)
  narrator.tell('One byte of it was flipped before the upload: every digest fits, only the checks can tell.')
  const waited = await goldkeep.attempt('version', 'wait', id)
  narrator.claim('it is found INVALID, exit code 7', waited.code, 7)
  const checks = await goldkeep.attempt('version', 'checks', id, '--json')
  const { findings } = JSON.parse(checks.stdout) as {
    findings: { check: string; verdict: string; path: string }[]
  }
  narrator.claim(
    'the finding names the check and the file',
    findings.filter(({ verdict }) => verdict === 'FAIL').map(({ check, path }) => `${check} ${path}`),
    [`wim-content ${windows}`],
  )
  const refused = await goldkeep.attempt('promote', id)
  narrator.claim('it cannot be promoted by mistake, exit code 5', refused.code, 5)
  narrator.quote(refused.stderr)
}

async function promoteWhileDeploying(stage: Stage, tree: string): Promise<void> {
  const { goldkeep, narrator } = stage
  const id = await capture(stage, tree)
  await goldkeep.run('promote', id, '--reason', 'Wednesday’s updates')
  narrator.tell('A good capture follows and is promoted while the first machine is still reading.')
  narrator.claim('version 4 is what machines get', await primaryNumber(stage), 4)
}

async function bothDeploymentsEnd(stage: Stage, first: Deploying, trees: Trees): Promise<void> {
  const { goldkeep, narrator, directory } = stage
  narrator.chapter('(d) Both machines end with what they were ordered')
  await first.letGo()
  const outcome = await first.outcome
  narrator.claim('the first machine’s reader ends well', outcome.code, 0)
  await goldkeep.run('deploy', 'finish', first.id)
  narrator.claim('it has Monday’s files, each one', await treeOf(first.target), await treeOf(trees.monday))

  const target = join(directory, 'new-machine')
  await mkdir(target)
  const id = await goldkeep.run('deploy', 'start', image, '--machine', '52:54:00:00:00:03')
  await goldkeep.run('deploy', 'fetch', id, '--file', windows, '--', ...applyCommand(target))
  await goldkeep.run('deploy', 'finish', id)
  narrator.claim(
    'a new machine has Wednesday’s files, each one',
    await treeOf(target),
    await treeOf(trees.wednesday),
  )
  narrator.quote(await goldkeep.run('deploy', 'list', '--all'))
}

async function rollBack(stage: Stage): Promise<void> {
  const { goldkeep, narrator, volume } = stage
  narrator.chapter('(e) Second thoughts: roll back')
  await goldkeep.run('rollback', image, '--reason', 'the printer driver is broken')
  narrator.claim('version 1 is what machines get again', await primaryNumber(stage), 1)
  const first = await idOf(stage, 1)
  const published = async (): Promise<boolean> => {
    const manifest = await readFile(join(volume, 'primary', 'images', image, 'version.json'), 'utf8')
    return (JSON.parse(manifest) as { version: string }).version === first
  }
  await waitUntil(published, { timeoutMs: 30_000, what: 'the share shows version 1' })
  narrator.claim('clients that read the share see it as well', await published(), true)
  narrator.quote(await goldkeep.run('history', image))
  narrator.quote(await goldkeep.run('version', 'list', image))
}
