// One storage process that contends for a volume, without its wire: it takes the volume, appends to one file for as
// long as it is the owner, and says what it acknowledges. Each epoch writes bytes of its own.
import { takeVolume } from '../../dist/store/disk/open-volume.js'
import { nodeSyscalls } from '../../dist/store/disk/syscalls.js'
import { thisProcess } from '../../dist/store/disk/this-host.js'
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

const [, , volume, host, leaseText, orderText] = process.argv
const { house, upload, path, schema } = JSON.parse(orderText)
const lease = JSON.parse(leaseText)
// Every contender is a host of its own: nobody can ask the other's socket, or look for its process.
const identity = { ...thisProcess(), host, bootId: `boot-of-${host}` }
const log = { warn() {}, error() {}, info() {}, debug() {} }
const now = () => Number(process.hrtime.bigint() / 1000n)
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`)

/** @returns when the volume is lost */
async function own(owned) {
  const epoch = await epochOf()
  say({ t: 'owner', epoch, at: now() })
  const store = await owned.open(house)
  await store.stage(upload, Buffer.from(schema))
  await owned.confirm()
  const file = (await store.view(upload.versionId)).files.find((one) => one.path === path)
  const mode = file
    ? { kind: 'resume', attemptId: file.attemptId, offset: file.committedSize }
    : { kind: 'restart' }
  const writer = await store.openAttempt(upload.versionId, path, mode, () => {})
  const piece = Buffer.alloc(4_099, epoch % 251)
  for (;;) {
    const from = writer.size
    await writer.append(piece)
    const size = await writer.commit()
    const at = now()
    await owned.confirm()
    say({ t: 'ack', epoch, from, size, at })
  }
}

/** Of the lease that is this contender's own. */
async function epochOf() {
  const names = (await readdir(volume)).filter((name) => /^\.lease-\d+$/.test(name))
  const texts = await Promise.all(
    names.map((name) => readFile(`${volume}/${name}`, 'utf8').catch(() => '{}')),
  )
  const own = texts
    .map((text) => JSON.parse(text || '{}'))
    .filter((one) => one.host === host && !one.released)
  return Math.max(...own.map(({ epoch }) => epoch))
}

for (;;) {
  try {
    const owned = await takeVolume(volume, log, new AbortController().signal, nodeSyscalls, {
      lease,
      owner: { identity },
      directWrites: 'never',
    })
    await own(owned).catch(() => {})
    // As a process that has lost its volume ends, and is started again.
    await owned.release().catch(() => {})
  } catch (error) {
    if (error.name !== 'VolumeHeldError' && error.reason !== 'SHUTTING_DOWN')
      say({ t: 'fault', text: String(error) })
    await pause(20)
  }
}
