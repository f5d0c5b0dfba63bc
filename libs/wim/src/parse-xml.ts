import { SaxesParser } from 'saxes'

/** An element of an XML document. */
export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  /** What stands between its tags, without its children's. */
  readonly text: string
}

/** Deeper elements are refused; those of a WIM are five deep. */
const maxDepth = 64

interface OpenElement extends XmlElement {
  readonly children: XmlElement[]
  text: string
}

/**
 * The root element of a well-formed document without a document type.
 * @throws SyntaxError with what was found and where
 */
export function parseXml(text: string): XmlElement {
  const parser = new SaxesParser()
  const document: OpenElement = { name: '', attributes: {}, children: [], text: '' }
  const open = [document]
  const refuse = (found: string): never => {
    throw new SyntaxError(`XML: ${found}`)
  }
  // The parser goes on after a fault unless it is thrown.
  parser.on('error', ({ message }) => refuse(message))
  parser.on('doctype', () => refuse('a document type'))
  parser.on('opentag', ({ name, attributes }) => {
    if (open.length > maxDepth) refuse(`elements deeper than ${maxDepth}`)
    const element = { name, attributes, children: [], text: '' }
    open.at(-1)?.children.push(element)
    open.push(element)
  })
  parser.on('closetag', () => open.pop())
  const addText = (piece: string): void => {
    const element = open.at(-1)
    if (element) element.text += piece
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.write(text).close()
  return document.children[0] ?? refuse('no element')
}
