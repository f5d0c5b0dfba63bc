import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'

export const digestOf = (bytes) => createHash('sha256').update(bytes).digest('hex')
const schema = Buffer.from('{"HardDrives":[]}')

/** The files of two versions with one schema; the first has a partition more. */
const versions = {
  v1: {
    'hd0/part1.winpe.wim': 'one-of-v1',
    'hd0/part2.winpe.wim': 'two-of-v1',
    'hd0/part3.winpe.wim': 'three-of-v1',
  },
  v2: { 'hd0/part1.winpe.wim': 'one-of-v2', 'hd0/part3.winpe.wim': 'three-of-v2' },
}
export const filesOf = (version) => versions[version]

/** A deployment whose files come from memory. @param read replaces how a file is read */
export function fakeDeployment(version, read) {
  const files = Object.entries(versions[version]).map(([path, text]) => ({
    path,
    size: text.length,
    sha256: digestOf(text),
  }))
  async function* readMemory({ path }, after) {
    yield await Promise.resolve(Buffer.from(versions[version][path]).subarray(after?.size ?? 0))
  }
  return {
    orders: { schema, deployment: { versionId: version, deploymentId: `dep-${version}` } },
    files,
    signal: new AbortController().signal,
    file: (path) => files.find((one) => one.path === path),
    read: read ?? readMemory,
    close: () => {},
  }
}
