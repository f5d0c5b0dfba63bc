/** An element of an XML document. */
export interface XmlElement {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** What stands between its tags, without its children's; entities are left as they are written. */
  readonly text: string
}

/** A piece of XML; together the pieces are the whole text, so that each letter is looked at once. */
export type XmlToken = { readonly start: number; readonly end: number } & (
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'open'
      readonly name: string
      readonly attributes: ReadonlyMap<string, string>
      readonly isEmpty: boolean
    }
  | { readonly kind: 'close'; readonly name: string }
  /** A comment or an instruction. */
  | { readonly kind: 'aside' }
)

/** Deeper elements are refused; those of a WIM are five deep. */
const maxDepth = 64

interface OpenElement extends XmlElement {
  readonly children: XmlElement[]
  text: string
}

/**
 * The root element of a well-formed document without a document type. The time grows with the length of the
 * text and with nothing else, since it comes from an agent.
 * @throws SyntaxError with what was found and where
 */
export function parseXml(text: string): XmlElement {
  const open: OpenElement[] = []
  let root: XmlElement | undefined
  for (const token of readTokens(text)) {
    const parent = open.at(-1)
    if (token.kind === 'text') {
      if (parent) parent.text += token.text
      else if (token.text.trim() !== '') throw unexpected('text outside the root element', token.start)
    } else if (token.kind === 'open') {
      if (!parent && root) throw unexpected('a second root element', token.start)
      if (open.length === maxDepth) throw unexpected(`elements deeper than ${maxDepth}`, token.start)
      const element = { name: token.name, attributes: token.attributes, children: [], text: '' }
      parent?.children.push(element)
      root ??= element
      if (!token.isEmpty) open.push(element)
    } else if (token.kind === 'close') {
      if (parent?.name !== token.name) throw unexpected(`the end of ${token.name}`, token.start)
      open.pop()
    }
  }
  if (!root || open.length > 0) throw unexpected('the end of the text', text.length)
  return root
}

// Each begins where the last match ended, and no two parts of one can match the same letters.
const letters = /[^<]+/y
const tagName = /<(\/?)([^\s=<>"'/!?]+)/y
const attribute = /\s+([^\s=<>"'/]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y
const tagEnd = /\s*(\/?)>/y

/** @throws SyntaxError */
export function* readTokens(text: string): Generator<XmlToken> {
  for (let start = 0; start < text.length;) {
    const token = readToken(text, start)
    yield token
    start = token.end
  }
}

function readToken(text: string, start: number): XmlToken {
  const found = matchAt(letters, text, start)
  if (found) return { kind: 'text', text: found[0], start, end: start + found[0].length }
  if (text.startsWith('<!--', start)) return { kind: 'aside', start, end: endOf(text, '-->', start + 4) }
  if (text.startsWith('<?', start)) return { kind: 'aside', start, end: endOf(text, '?>', start + 2) }
  const cdata = '<![CDATA['
  if (!text.startsWith(cdata, start)) return readTag(text, start)
  const end = endOf(text, ']]>', start + cdata.length)
  return { kind: 'text', text: text.slice(start + cdata.length, end - ']]>'.length), start, end }
}

function readTag(text: string, start: number): XmlToken {
  const [begin, slash = '', name] = matchAt(tagName, text, start) ?? []
  if (begin === undefined || name === undefined) throw unexpected('no tag after <', start)
  let end = start + begin.length
  const attributes = new Map<string, string>()
  for (let found = matchAt(attribute, text, end); found; found = matchAt(attribute, text, end)) {
    const [whole, key = '', double, single = ''] = found
    attributes.set(key, double ?? single)
    end += whole.length
  }
  const closing = matchAt(tagEnd, text, end)
  const isClose = slash !== ''
  if (!closing || (isClose && (attributes.size > 0 || closing[1] !== '')))
    throw unexpected(`a tag ${name} without its end`, start)
  end += closing[0].length
  if (isClose) return { kind: 'close', name, start, end }
  return { kind: 'open', name, attributes, isEmpty: closing[1] !== '', start, end }
}

function matchAt(pattern: RegExp, text: string, start: number): RegExpExecArray | null {
  pattern.lastIndex = start
  return pattern.exec(text)
}

function endOf(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from)
  if (found < 0) throw unexpected(`no ${mark}`, from)
  return found + mark.length
}

const unexpected = (found: string, position: number): SyntaxError =>
  new SyntaxError(`XML: found ${found} at letter ${position}`)
