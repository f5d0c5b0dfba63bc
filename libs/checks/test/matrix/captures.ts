import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram, type Bench } from '../make-version.js'
import { wimForms, type WimForm } from '../wim-forms.js'

const imagex = (...words: string[]): Promise<unknown> => runProgram('wimlib-imagex', words)

/** Real captures from which the versions are made; each is made once, when the first row asks for it. */
export class Captures {
  private readonly made = new Map<string, Promise<Buffer>>()
  private readonly sets = new Map<string, Promise<readonly Buffer[]>>()

  constructor(private readonly bench: Bench) {}

  /** A tree with what differs in a WIM: content twice, a hard link, several chunks, an empty file. */
  form(form: WimForm): Promise<Buffer> {
    return this.once(form, () => this.bench.captureMixedTree(...wimForms[form]))
  }

  /** The same tree, with other words for wimlib-imagex. */
  mixed(...words: string[]): Promise<Buffer> {
    return this.once(words.join(' '), () => this.bench.captureMixedTree(...words))
  }

  /** So many random bytes in four files, as a WinPE client streams them. */
  random(bytes: number): Promise<Buffer> {
    return this.once(`random ${bytes}`, () => this.bench.captureWim(bytes, ...wimForms['pipable xpress']))
  }

  /** One small file of this name. */
  named(name: string): Promise<Buffer> {
    return this.once(`named ${name}`, () => this.bench.captureNamed(name, '--compress=none'))
  }

  emptyTree(...words: string[]): Promise<Buffer> {
    return this.inDirectory(`empty ${words.join(' ')}`, async (at) => {
      await mkdir(join(at, 'tree'))
      await imagex('capture', join(at, 'tree'), join(at, 'made.wim'), ...words)
    })
  }

  /** Of a tree that has one file more than its base, which is not in the version. */
  delta(...words: string[]): Promise<Buffer> {
    return this.inDirectory(`delta ${words.join(' ')}`, async (at) => {
      const [first, second] = await makeTwoTrees(at)
      await imagex('capture', first, join(at, 'base.wim'), '--compress=fast')
      const from = `--delta-from=${join(at, 'base.wim')}`
      await imagex('capture', second, join(at, 'made.wim'), '--compress=fast', from, ...words)
    })
  }

  twoImages(...words: string[]): Promise<Buffer> {
    return this.inDirectory(`two images ${words.join(' ')}`, async (at) => {
      const [first, second] = await makeTwoTrees(at)
      await imagex('capture', first, join(at, 'made.wim'), 'first', '--compress=fast', ...words)
      await imagex('append', second, join(at, 'made.wim'), 'second')
    })
  }

  /** The parts of a split WIM, three or more. */
  splitSet(name = 'one'): Promise<readonly Buffer[]> {
    const parts = this.sets.get(name) ?? this.makeSplitSet()
    this.sets.set(name, parts)
    return parts
  }

  private async makeSplitSet(): Promise<readonly Buffer[]> {
    const at = await this.bench.wimlib(async (made) => {
      await writeFile(join(made, 'whole.wim'), await this.bench.captureWim(1_200_000, '--compress=fast'))
      await imagex('split', join(made, 'whole.wim'), join(made, 'part.swm'), '0.4')
      await rename(join(made, 'part.swm'), join(made, 'part1.swm'))
    })
    const names = (await readdir(at)).filter((name) => name.endsWith('.swm')).sort()
    return Promise.all(names.map((name) => readFile(join(at, name))))
  }

  private inDirectory(key: string, make: (directory: string) => Promise<void>): Promise<Buffer> {
    return this.once(key, async () => readFile(join(await this.bench.wimlib(make), 'made.wim')))
  }

  /** A copy, since rows change what they get. */
  private async once(key: string, make: () => Promise<Buffer>): Promise<Buffer> {
    const made = this.made.get(key) ?? make()
    this.made.set(key, made)
    return Buffer.from(await made)
  }
}

/** Two trees, the second with a file more. */
async function makeTwoTrees(at: string): Promise<[string, string]> {
  const trees: [string, string] = [join(at, 'first'), join(at, 'second')]
  for (const tree of trees) {
    await mkdir(tree)
    await writeFile(join(tree, 'shared'), 'the same in both '.repeat(3_000))
  }
  await writeFile(join(trees[1], 'added'), 'only in the second')
  return trees
}
