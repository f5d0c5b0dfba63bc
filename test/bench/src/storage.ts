import { temporaryDirectory } from '@goldkeep/testing'
import { Command } from 'commander'
import { mkdir, open } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { compete } from './contest.js'
import { goldkeepDownloads, peerDownloads } from './downloads.js'
import { startGoldkeep } from './goldkeep.js'
import { measureMemory } from './measure-memory.js'
import { measureSeals } from './measure-seals.js'
import { startNginx } from './peers/nginx.js'
import { startSamba } from './peers/samba.js'
import { startTus } from './peers/tus.js'
import { speedTable } from './report.js'
import { startSlowLine } from './slow-line.js'
import { floors, goldkeepUpload, peerUploads } from './uploads.js'

const mebibyte = 1024 ** 2
const parts = ['upload', 'download', 'latency', 'seal', 'memory'] as const
type Part = (typeof parts)[number]

const program = new Command('bench:storage')
  .description('Measures uploads and downloads beside what others use, in one run and on the same bytes.')
  .option('--mib <n>', 'size of the file', Number, 1024)
  .option('--rounds <n>', 'rounds that count', Number, 5)
  .option('--only <parts...>', `of ${parts.join(', ')}`)
  .parse()
const { mib, rounds, only } = program.opts<{ mib: number; rounds: number; only?: Part[] }>()
const wanted = (part: Part): boolean => only === undefined || only.includes(part)

const directory = await temporaryDirectory('bench')
const say = (text: string): void => void process.stdout.write(`${text}\n`)
say(
  `${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.version}`,
)
say(`${mib} MiB, median of ${rounds} rounds after a warm-up, all in turn`)
try {
  const file = join(directory.path, 'bytes.bin')
  await makeFile(file, mib * mebibyte)
  if (wanted('upload') || wanted('download')) await measureSpeed(file)
  if (wanted('latency')) await measureLatency(file)
  if (wanted('seal')) say(`\n## Seal\n\n${await measureSeals(directory.path, mib)}`)
  if (wanted('memory')) say(`\n## Memory of storage\n\n${await measureMemory()}`)
} finally {
  await directory.remove()
}

async function measureSpeed(file: string): Promise<void> {
  const at = async (name: string): Promise<string> => {
    const path = join(directory.path, name)
    await mkdir(path)
    return path
  }
  const goldkeep = await startGoldkeep()
  const peers = [await startSamba(await at('samba')), await startNginx(await at('nginx'))]
  const tus = await startTus(await at('tus'))
  try {
    if (wanted('upload')) {
      const uploads = [...peers, tus].flatMap((peer) => peerUploads(peer, file))
      const all = [...floors(file, directory.path), ...uploads, goldkeepUpload(goldkeep, file)]
      const results = await compete(all, rounds)
      say(`\n## Upload\n\n${speedTable(results, mib * mebibyte, ['dd conv=fsync', 'openssl dgst -sha256'])}`)
    }
    if (wanted('download')) {
      const all = [
        ...(await Promise.all(peers.map((peer) => peerDownloads(peer, file)))).flat(),
        ...(await goldkeepDownloads(goldkeep, file)),
      ]
      const results = await compete(all, rounds)
      say(`\n## Download\n\n${speedTable(results, mib * mebibyte, ['Samba download', 'Goldkeep download'])}`)
    }
  } finally {
    for (const { stop } of [...peers, tus, goldkeep]) await stop()
  }
}

async function measureLatency(file: string): Promise<void> {
  const line = await startSlowLine()
  const goldkeep = await startGoldkeep({ advertise: (port) => line.to(port) })
  try {
    const over = (milliseconds: number) => {
      const contestant = goldkeepUpload(goldkeep, file, `Goldkeep upload, ${milliseconds} ms each way`)
      return {
        ...contestant,
        run: async (round: number) => {
          await line.delay(milliseconds)
          return contestant.run(round)
        },
      }
    }
    const results = await compete([over(0), over(1), over(5)], rounds)
    say(
      `\n## Upload over a line with latency\n\n${speedTable(results, mib * mebibyte, [results[0]?.name ?? ''])}`,
    )
  } finally {
    await goldkeep.stop()
    await line.stop()
  }
}

/** Bytes that nothing can compress. */
async function makeFile(path: string, bytes: number): Promise<void> {
  const handle = await open(path, 'w')
  for (let written = 0; written < bytes; written += mebibyte) await handle.write(randomBytes(mebibyte))
  await handle.sync()
  await handle.close()
}
