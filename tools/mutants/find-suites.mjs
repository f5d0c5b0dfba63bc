import { readdirSync } from 'node:fs'

/** Every suite of the checkout, as paths in it. */
export function listSuites(checkout) {
  return ['libs', 'services', 'test', 'deploy'].flatMap((folder) =>
    readdirSync(`${checkout}/${folder}`, { recursive: true })
      .filter((path) => path.endsWith('.test.ts') && !/(^|\/)(node_modules|dist)\//.test(path))
      .map((path) => `${folder}/${path}`),
  )
}

/**
 * The suites that a mutant's patterns mean, in their order.
 * @throws Error when a pattern means none
 */
export function findSuites(suites, patterns) {
  const found = patterns.flatMap((pattern) => {
    const fitting = suites.filter((suite) => suite.includes(pattern)).sort()
    if (fitting.length === 0) throw new Error(`no suite is called ${pattern}`)
    return fitting
  })
  return [...new Set(found)]
}
