import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The file's text with the mutant in it; `undefined` when its old text is not there exactly once. */
export function mutate(text, { from, to }) {
  const at = text.indexOf(from)
  if (at < 0 || text.indexOf(from, at + 1) >= 0 || from === to) return undefined
  return text.slice(0, at) + to + text.slice(at + from.length)
}

/** Puts the mutant into a checkout while the work is done. */
export async function whileMutated(checkout, mutant, work) {
  const path = join(checkout, mutant.file)
  const before = readFileSync(path, 'utf8')
  writeFileSync(path, mutate(before, mutant))
  try {
    return await work()
  } finally {
    writeFileSync(path, before)
  }
}

/** Why a mutant cannot be tried, or `undefined`. */
export function findStaleness(checkout, mutant) {
  let text
  try {
    text = readFileSync(join(checkout, mutant.file), 'utf8')
  } catch {
    return `there is no ${mutant.file}`
  }
  if (mutate(text, mutant) !== undefined) return undefined
  const count = text.split(mutant.from).length - 1
  return `${mutant.file}: expected the old text once, found it ${count} times`
}
