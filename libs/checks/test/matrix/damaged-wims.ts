import { isPipable, type WimForm } from '../wim-forms.js'
import type { Damage } from './damage.js'
import { windowsOnly, windowsPath } from './layouts.js'
import type { Gives, Row } from './row.js'

/** One way to damage a WIM, with the verdict that it gets in each of the forms named. */
export interface DamageRow extends Omit<Row, 'of' | 'files'> {
  readonly forms: readonly WimForm[]
  readonly damage: Damage
}

/** What every WIM of this form is told, sound or not. */
const ofForm = (form: WimForm): Gives => (isPipable(form) ? {} : { 'wim-structure': 'WARN' })

/** One row for each form. */
export function inEachForm(rows: readonly DamageRow[]): Row[] {
  return rows.flatMap(({ forms, damage, name, gives, ...row }) =>
    forms.map((form) => ({
      ...row,
      name: `${form}: ${name}`,
      of: windowsOnly,
      gives: { ...ofForm(form), ...gives },
      files: async (made) => ({ [windowsPath]: damage(await made.form(form)) }),
    })),
  )
}
