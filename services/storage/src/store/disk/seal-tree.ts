import { DomainError } from '@goldkeep/domain'
import { formatSums, parseManifest, volumeLayout, volumeNames, type Manifest } from '@goldkeep/volume'
import fs from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { lookAt, makeDirectory, withDirectory, type VolumeRoot } from './directories.js'
import { hashPrefix, openForReading, replaceFile, sha256Of } from './whole-files.js'

const layout = volumeLayout('')
const { O_NOFOLLOW, O_RDONLY } = fs.constants

/**
 * Makes the staged tree the version's directory. Every file in it is complete and synced already, and the
 * journal says `sealing`; each step may be repeated after an end in the middle.
 */
export async function sealTree(root: VolumeRoot, manifestText: string): Promise<void> {
  const bytes = Buffer.from(manifestText)
  const manifest = parseManifest(bytes)
  const tree = layout.stagedTree(manifest.version)
  await makeReadOnly(root, tree, manifest)
  await replaceFile(root, join(tree, volumeNames.manifest), bytes, 0o444)
  await replaceFile(root, join(tree, volumeNames.sums), formatSums(manifest, sha256Of(bytes)), 0o444)
  for (const parent of parentsOf(manifest)) await syncDirectory(root, join(tree, parent))
  await makeDirectory(root, layout.versions(manifest.image))
  await renameTree(root, manifest)
}

/** The one step by which the version appears. */
async function renameTree(root: VolumeRoot, manifest: Manifest): Promise<void> {
  const target = layout.version(manifest.image, manifest.version)
  // A rename over an empty directory would succeed without a word.
  if ((await lookAt(root, target)) !== undefined)
    throw new DomainError('IO_ERROR', `${target} is there already and was not put there by this seal`)
  await withDirectory(root, layout.staging(manifest.version), (staging) =>
    withDirectory(root, dirname(target), async (versions) => {
      await root.sys.rename(staging.at(volumeNames.tree), versions.at(basename(target)))
      await versions.sync()
      await staging.sync()
    }),
  )
}

async function makeReadOnly(root: VolumeRoot, tree: string, manifest: Manifest): Promise<void> {
  for (const { path, size } of manifest.files) {
    await withDirectory(root, join(tree, dirname(path)), async (directory) => {
      const fd = await root.sys.open(directory.at(basename(path)), O_RDONLY | O_NOFOLLOW)
      try {
        const found = (await root.sys.fstat(fd)).size
        if (found !== size)
          throw new DomainError('SIZE_MISMATCH', `${path}: expected ${size} bytes, found ${found}`)
        await root.sys.fchmod(fd, 0o444)
        await root.sys.fsync(fd)
      } finally {
        await root.sys.close(fd)
      }
    })
  }
}

const parentsOf = (manifest: Manifest): readonly string[] => [
  ...new Set([...manifest.files.map(({ path }) => dirname(path)), '.']),
]

const syncDirectory = (root: VolumeRoot, path: string): Promise<void> =>
  withDirectory(root, path, (directory) => directory.sync())

/**
 * Reads every byte again and compares, since after an end in the middle of a seal nothing is taken on trust.
 * @throws DomainError DIGEST_MISMATCH, SIZE_MISMATCH
 */
export async function verifyTree(root: VolumeRoot, directory: string, manifest: Manifest): Promise<void> {
  for (const { path, size, digests } of manifest.files) {
    const file = await openForReading(root, join(directory, path))
    try {
      if (file.size !== size)
        throw new DomainError('SIZE_MISMATCH', `${path}: expected ${size} bytes, found ${file.size}`)
      const found = (await hashPrefix(root.sys, file.fd, size)).digest('hex')
      if (found !== digests.sha256)
        throw new DomainError('DIGEST_MISMATCH', `${path}: expected sha256 ${digests.sha256}, found ${found}`)
    } finally {
      await root.sys.close(file.fd)
    }
  }
}

/** Syncs what a seal renamed, when it is not known whether that was done. */
export async function syncSealed(root: VolumeRoot, manifest: Manifest): Promise<void> {
  const version = layout.version(manifest.image, manifest.version)
  for (const parent of parentsOf(manifest)) await syncDirectory(root, join(version, parent))
  await syncDirectory(root, dirname(version))
  await makeDirectory(root, layout.versions(manifest.image))
}
