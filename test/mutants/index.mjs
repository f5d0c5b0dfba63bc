import { readdirSync } from 'node:fs'

const here = new URL('.', import.meta.url)

/** The packages in the order in which their mutants are tried: those with the quickest suites first. */
const packages = ['domain', 'tickets', 'volume', 'service', 'client', 'cli', 'worker', 'storage', 'catalog']

async function mutantsOfPackage(name) {
  const tables = readdirSync(new URL(name, here)).sort()
  const modules = await Promise.all(tables.map((table) => import(new URL(`${name}/${table}`, here).href)))
  return modules.flatMap((module) => module.default)
}

/** Every change of code that guards a law, and that a test should notice. See CONTRIBUTING.md. */
export const mutants = (await Promise.all(packages.map(mutantsOfPackage))).flat()
