/**
 * What stands behind `--` is no option, whatever it looks like. Commander forgets where `--` was when it goes on
 * to a subcommand, so that each such word gets a mark that no word of a command line can have.
 */
const mark = '\u0000'

export interface CommandWords {
  readonly own: readonly string[]
  /** The words behind `--`, marked; absent where there is no `--`. */
  readonly behind: readonly string[] | undefined
}

export function hideOptions(argv: readonly string[]): CommandWords {
  const end = argv.indexOf('--')
  if (end < 0) return { own: argv, behind: undefined }
  return { own: argv.slice(0, end), behind: argv.slice(end + 1).map((word) => mark + word) }
}

/** The text as the person wrote it. */
export const showOptions = (text: string): string => text.replaceAll(mark, '')
