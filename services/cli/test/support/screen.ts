const escape = '\u001b'
const pieces = new RegExp(`${escape}\\[(\\??\\d*)([A-Za-z])|\\n|[^${escape}\\n]+`, 'g')

/** What a terminal of so many rows shows after the output; wide lines are cut, as with wrapping off. */
export function screenAfter(output: string, rows: number): string[] {
  const screen: string[] = ['']
  let top = 0
  let row = 0
  let column = 0
  const put = (text: string): void => {
    const line = (screen[row] ?? '').padEnd(column)
    screen[row] = line.slice(0, column) + text + line.slice(column + text.length)
    column += text.length
  }
  const control = (parameter: number, command: string): void => {
    if (command === 'A') row = Math.max(top, row - (parameter || 1))
    else if (command === 'G') column = (parameter || 1) - 1
    else if (command === 'K') screen[row] = parameter === 2 ? '' : (screen[row] ?? '').slice(0, column)
    else if (command === 'J') screen.splice(row, screen.length, (screen[row] ?? '').slice(0, column))
  }
  for (const [piece, parameter = '', command = ''] of output.matchAll(pieces)) {
    if (command !== '') control(Number(parameter.replace('?', '')), command)
    else if (piece === '\n') {
      row += 1
      column = 0
      screen[row] ??= ''
      top = Math.max(top, row - rows + 1)
    } else put(piece)
  }
  return screen.slice(top)
}
