import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './run-step.mjs'

/**
 * Says whether all of `to` is there and younger than all of `from`.
 * @param {readonly string[]} from files, directories with all that is below, and patterns with `*` for a name
 * @param {readonly string[]} to files and directories, a directory by its own time
 */
export function isFresh(from, to) {
  if (!to.every((path) => existsSync(join(root, path)))) return false
  const oldest = Math.min(...to.map(changedAt))
  return from
    .flatMap(expand)
    .flatMap(withAllBelow)
    .every((path) => changedAt(path) < oldest)
}

/**
 * Dates files and directories by when they began to be made: what made them may have found nothing to
 * change, and what it was made of may have changed since.
 * @param {readonly string[]} paths
 * @param {Date} began
 */
export function dateBy(paths, began) {
  for (const path of paths) utimesSync(join(root, path), began, began)
}

const changedAt = (path) => statSync(join(root, path)).mtimeMs

function expand(pattern) {
  return pattern
    .split('/')
    .reduce(
      (found, name) =>
        found
          .flatMap((path) =>
            name === '*' ? namesIn(path).map((each) => join(path, each)) : join(path, name),
          )
          .filter((path) => existsSync(join(root, path))),
      [''],
    )
}

const namesIn = (path) => (statSync(join(root, path)).isDirectory() ? readdirSync(join(root, path)) : [])

function withAllBelow(path) {
  if (!statSync(join(root, path)).isDirectory()) return [path]
  return [path, ...readdirSync(join(root, path), { recursive: true }).map((name) => join(path, name))]
}
