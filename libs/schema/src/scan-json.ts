import { describeLetter, type TextFault } from './text-position.js'

/** What a JSON text holds besides its value: keys that one object has more than once. */
export interface RepeatedKey {
  /** As it was written the second time; keys that differ only in case are one key. */
  readonly key: string
  /** The place of the second one in the text. */
  readonly at: number
}

/** What a text is instead of one JSON document. */
export class JsonFault extends Error implements TextFault {
  override readonly name = 'JsonFault'

  constructor(
    readonly at: number,
    readonly expected: string,
    readonly found: string,
  ) {
    super(`expected ${expected}, found ${found}`)
  }
}

/** More repeated keys than these are not told. */
const maxRepeated = 20

/**
 * Reads a text by the grammar of JSON (RFC 8259) and says where it breaks it, which `JSON.parse` does not.
 * Keeps the keys of the objects that are open.
 * @throws JsonFault
 */
export function scanJson(text: string, maxDepth: number): readonly RepeatedKey[] {
  return new JsonScanner(text, maxDepth).scan()
}

const space = /[ \t\r\n]*/y
const plain = /[ !#-[\]-\u{10ffff}]*/uy
const escape = /\\(["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const number = /-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y
const word = /[A-Za-z_][\w]*/y

class JsonScanner {
  private at = 0
  private readonly repeated: RepeatedKey[] = []

  constructor(
    private readonly text: string,
    private readonly maxDepth: number,
  ) {}

  scan(): readonly RepeatedKey[] {
    this.take(space)
    this.value(0)
    this.take(space)
    if (this.at === this.text.length) return this.repeated
    const another = '{['.includes(this.text.charAt(this.at))
    throw this.fault('the end of the schema', another ? 'a second document' : undefined)
  }

  private value(depth: number): void {
    const letter = this.text.charAt(this.at)
    if (letter === '{' || letter === '[') {
      if (depth === this.maxDepth) throw this.fault(`at most ${this.maxDepth} levels of nesting`, 'more')
      if (letter === '{') this.object(depth + 1)
      else this.list(depth + 1)
    } else if (letter === '"') this.string()
    else if (letter === '-' || (letter >= '0' && letter <= '9')) this.number()
    else this.literal()
  }

  private object(depth: number): void {
    const keys = new Set<string>()
    this.sequence('}', () => {
      const at = this.at
      if (this.text.charAt(at) !== '"') throw this.fault('a key in double quotes')
      const key = this.string()
      if (keys.has(key.toLowerCase()) && this.repeated.length < maxRepeated) this.repeated.push({ key, at })
      keys.add(key.toLowerCase())
      this.take(space)
      if (this.text.charAt(this.at) !== ':') throw this.fault('`:` behind the key')
      this.at += 1
      this.take(space)
      this.value(depth)
    })
  }

  private list(depth: number): void {
    this.sequence(']', () => this.value(depth))
  }

  /** What is between two brackets, separated by commas. */
  private sequence(end: '}' | ']', readOne: () => void): void {
    this.at += 1
    this.take(space)
    if (this.text.charAt(this.at) === end) {
      this.at += 1
      return
    }
    for (;;) {
      readOne()
      this.take(space)
      const letter = this.text.charAt(this.at)
      if (letter !== ',' && letter !== end) throw this.fault(`\`,\` or \`${end}\``)
      this.at += 1
      if (letter === end) return
      this.take(space)
    }
  }

  /** Returns the string's text, its escapes as they would be read. */
  private string(): string {
    const start = this.at
    this.at += 1
    for (;;) {
      this.take(plain)
      const letter = this.text.charAt(this.at)
      if (letter === '"') break
      if (letter !== '\\') throw this.fault('the end of a string: `"`')
      if (this.take(escape) === '') throw this.fault('an escape such as `\\\\`, `\\"` or `\\n`')
    }
    this.at += 1
    const written = this.text.slice(start, this.at)
    return written.includes('\\') ? (JSON.parse(written) as string) : written.slice(1, -1)
  }

  private number(): void {
    const start = this.at
    if (this.take(number) === '') throw this.fault('digits')
    if (/[\w.]/.test(this.text.charAt(this.at)) && this.text.charAt(start) !== '')
      throw this.fault('the end of a number')
  }

  private literal(): void {
    const start = this.at
    const found = this.take(word)
    if (found === 'true' || found === 'false' || found === 'null') return
    this.at = start
    throw this.fault('a value', found === '' ? undefined : JSON.stringify(found.slice(0, 20)))
  }

  private take(pattern: RegExp): string {
    pattern.lastIndex = this.at
    const taken = pattern.exec(this.text)?.[0] ?? ''
    this.at += taken.length
    return taken
  }

  private fault(expected: string, found = describeLetter(this.text, this.at)): JsonFault {
    return new JsonFault(this.at, expected, found)
  }
}
