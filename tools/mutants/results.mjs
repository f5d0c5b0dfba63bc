import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What became of mutants, one line of JSON each, so that a run can be gone on with. */
export class Results {
  #path
  #known = new Map()

  constructor(path) {
    this.#path = path
    mkdirSync(dirname(path), { recursive: true })
    if (!existsSync(path)) return
    for (const line of readFileSync(path, 'utf8').split('\n').filter(Boolean)) {
      const result = JSON.parse(line)
      this.#known.set(result.id, result)
    }
  }

  /** The result of a mutant whose code, tests and description are as they were. */
  recall(id, fingerprint) {
    const known = this.#known.get(id)
    return known?.fingerprint === fingerprint ? known : undefined
  }

  record(result) {
    this.#known.set(result.id, result)
    appendFileSync(this.#path, `${JSON.stringify(result)}\n`)
  }
}

/** Changes when the mutant, the file that it changes, or a suite that should notice it does. */
export function fingerprintOf(checkout, mutant, suites) {
  const hash = createHash('sha256').update(JSON.stringify(mutant))
  for (const path of [mutant.file, ...suites]) hash.update(readFileSync(join(checkout, path)))
  return hash.digest('hex')
}
