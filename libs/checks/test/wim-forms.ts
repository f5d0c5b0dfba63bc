/** What wimlib-imagex is told so that it writes a WIM in each of its forms. */
export const wimForms = {
  none: ['--compress=none'],
  xpress: ['--compress=fast'],
  lzx: ['--compress=LZX'],
  lzms: ['--compress=LZMS'],
  'xpress with an integrity table': ['--compress=fast', '--check'],
  solid: ['--solid'],
  'pipable none': ['--compress=none', '--pipable'],
  'pipable xpress': ['--compress=fast', '--pipable'],
  'pipable lzx': ['--compress=LZX', '--pipable'],
  'pipable lzms': ['--compress=LZMS', '--pipable'],
  'pipable xpress with an integrity table': ['--compress=fast', '--pipable', '--check'],
} as const satisfies Record<string, readonly string[]>

export type WimForm = keyof typeof wimForms

export const everyForm = Object.keys(wimForms) as readonly WimForm[]
export const isPipable = (form: WimForm): boolean => form.startsWith('pipable')
export const pipableForms = everyForm.filter(isPipable)
export const ordinaryForms = everyForm.filter((form) => !isPipable(form))
