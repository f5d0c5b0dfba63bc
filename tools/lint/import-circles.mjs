import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Refuses an import by which a file comes back to itself; imports of types count, for readers follow them too. */
export const importCircles = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      circle:
        'This closes a circle: {{way}}. Files in a circle can only be read, tested and moved together; put what they share into a file of its own.',
    },
  },
  create(context) {
    const check = ({ source }) => {
      const target = source && fileOf(context.filename, source.value)
      const way = target && wayBetween(target, context.filename)
      if (way) context.report({ node: source, messageId: 'circle', data: { way: tell(way) } })
    }
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    }
  },
}

const tell = (way) => [way.at(-1), ...way].map((file) => relative(root, file)).join(' → ')

/** The shortest way by imports from one file to another, both included; undefined when there is none. */
function wayBetween(from, to) {
  if (!reachableFrom(from).has(to)) return undefined
  const ways = [[from]]
  const seen = new Set([from])
  for (const way of ways) {
    if (way.at(-1) === to) return way
    for (const next of importsOf(way.at(-1)))
      if (!seen.has(next)) {
        seen.add(next)
        ways.push([...way, next])
      }
  }
}

const reachable = new Map()

function reachableFrom(start) {
  const known = reachable.get(start)
  if (known) return known
  const found = new Set([start])
  for (const file of found) for (const next of importsOf(file)) found.add(next)
  reachable.set(start, found)
  return found
}

const imports = new Map()

function importsOf(file) {
  if (!imports.has(file)) {
    const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true)
    imports.set(
      file,
      importedFiles.map(({ fileName }) => fileOf(file, fileName)).filter((target) => target !== undefined),
    )
  }
  return imports.get(file)
}

/** The source file that a module's name stands for; undefined when it is not of the house. */
function fileOf(importer, name) {
  if (!name.startsWith('.')) return packages.get(name)
  const file = resolve(dirname(importer), name.replace(/\.js$/, '.ts'))
  return existsSync(file) ? file : undefined
}

/** Each package of the house by its name, with its index. */
const packages = new Map(
  ['libs', 'services', 'deploy'].flatMap((room) =>
    readdirSync(join(root, room))
      .map((name) => join(root, room, name))
      .filter((directory) => existsSync(join(directory, 'package.json')))
      .map((directory) => {
        const { name, exports } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
        return [name, resolve(directory, exports['.']['@goldkeep/source'])]
      }),
  ),
)
