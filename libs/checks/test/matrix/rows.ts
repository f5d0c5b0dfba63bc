import { cutRows } from './cut-rows.js'
import { damagedBlockRows } from './damaged-block-rows.js'
import { damagedFfuRows } from './ffu-rows.js'
import { fileListRows } from './file-list-rows.js'
import { headerRows } from './header-rows.js'
import { rawImageRows } from './raw-image-rows.js'
import type { Row } from './row.js'
import { schemaRows } from './schema-rows.js'
import { soundBlockRows } from './sound-block-rows.js'
import { tableRows } from './table-rows.js'
import { wholeWimRows } from './whole-wim-rows.js'
import { splitRows } from './split-rows.js'
import { wrongWimRows } from './wrong-wim-rows.js'

/** Every prepared version. */
export const matrix: readonly Row[] = [
  ...wholeWimRows,
  ...headerRows,
  ...cutRows,
  ...tableRows,
  ...wrongWimRows,
  ...splitRows,
  ...soundBlockRows,
  ...damagedBlockRows,
  ...rawImageRows,
  ...damagedFfuRows,
  ...fileListRows,
  ...schemaRows,
]
