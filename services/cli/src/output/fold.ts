import stringWidth from 'string-width'

/** Columns that a text takes on a terminal: letters of East Asia take two. */
export const widthOf = (text: string): number => (isPlain(text) ? text.length : stringWidth(text))

/** Most text is, and is measured at once. */
const isPlain = (text: string): boolean => /^[ -~]*$/.test(text)

/** The widest piece that stays in one line. */
export function widestWord(text: string): number {
  return Math.max(0, ...wordsOf(text).map((word) => widthOf(word.trimEnd())))
}

/** Lines of at most `width` columns, broken between words; a word that is wider stays whole. */
export function fold(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of wordsOf(text)) {
    if (line !== '' && widthOf((line + word).trimEnd()) > width) {
      lines.push(line.trimEnd())
      line = ''
    }
    line += word
  }
  return [...lines, line.trimEnd()]
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Words with the spaces behind them. Letters that take two columns are words of their own, as in their scripts. */
function wordsOf(text: string): string[] {
  return text.split(/(?<= )(?=[^ ])/).flatMap((word) => {
    if (isPlain(word)) return [word]
    const pieces: string[] = []
    let wasWide = true
    for (const { segment } of segmenter.segment(word)) {
      const isWide = widthOf(segment) > 1
      if (wasWide || isWide) pieces.push(segment)
      else pieces[pieces.length - 1] += segment
      wasWide = isWide
    }
    return pieces
  })
}
