import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { root } from '../run-step.mjs'

const leftOut = new Set(['node_modules', '.git', '.nx', '.goldkeep', 'test-results', 'coverage'])

/** A copy of the checkout as it is now, in which files may be changed. `remove` ends it. */
export function copyCheckout() {
  const path = mkdtempSync(join(tmpdir(), 'goldkeep-mutants-'))
  cpSync(root, path, {
    recursive: true,
    filter: (source) =>
      !relative(root, source)
        .split(sep)
        .some((name) => leftOut.has(name)),
  })
  linkDependencies(path)
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** The packages of the workspace are links to their folders, and so lead into the copy. */
function linkDependencies(path) {
  const [from, to] = [join(root, 'node_modules'), join(path, 'node_modules')]
  try {
    execFileSync('cp', ['-al', from, to], { stdio: 'ignore' })
  } catch {
    // Hard links reach no other file system.
    if (existsSync(to)) rmSync(to, { recursive: true })
    execFileSync('cp', ['-a', from, to])
  }
}
