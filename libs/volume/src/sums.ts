import { volumeNames } from './layout.js'
import type { Manifest } from './manifest.js'

/** The content of SHA256SUMS, as `sha256sum -c` reads it: all files, and the manifest itself. */
export function formatSums(manifest: Manifest, manifestSha256: string): Uint8Array {
  const lines = manifest.files.map((file) => `${file.digests.sha256}  ${file.path}\n`)
  return Buffer.from([...lines, `${manifestSha256}  ${volumeNames.manifest}\n`].join(''))
}
