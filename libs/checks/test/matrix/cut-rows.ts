import { everyForm, ordinaryForms, pipableForms } from '../wim-forms.js'
import { cutBy, cutTo, share, without, withMore, zeros } from './damage.js'
import { inEachForm } from './damaged-wims.js'
import { brokenContent, brokenStructure, refusedAtSeal, refusedLater, valid } from './row.js'

const atStart = { gives: brokenStructure, ...refusedAtSeal }
const cutShort = { gives: { ...brokenStructure, sizes: 'WARN' }, ...refusedAtSeal }

/** WIM files of which bytes are absent, zero, or too many. */
export const cutRows = inEachForm([
  {
    name: 'cut by its last byte',
    forms: everyForm,
    damage: cutBy(1),
    ...atStart,
    says: 'file',
  },
  {
    name: 'cut to half',
    forms: everyForm,
    damage: cutTo(share(0.5)),
    ...atStart,
    says: 'cut',
  },
  {
    name: 'cut to its header',
    forms: ['none', 'pipable lzx'],
    damage: cutTo(() => 208),
    ...cutShort,
    says: 'cut',
  },
  {
    name: 'cut within its header',
    forms: ['lzx', 'pipable none'],
    damage: cutTo(() => 100),
    ...cutShort,
    says: 'too short to be a WIM file',
  },
  {
    name: 'zeros from the first byte to the last',
    forms: ['lzx'],
    damage: zeros(share(0), 100_000_000),
    ...atStart,
    says: 'The file is not a WIM file.',
  },
  {
    name: 'a page of zeros at its beginning',
    forms: ['solid', 'pipable xpress'],
    damage: zeros(share(0), 4096),
    ...atStart,
    says: 'The file is not a WIM file.',
  },
  {
    name: 'a page behind its end',
    forms: pipableForms,
    damage: withMore(share(1), 4096),
    ...atStart,
    says: 'a pipable WIM ends with a second header',
  },
  {
    name: 'a page behind its end, which nobody reads',
    forms: ['lzx', 'solid'],
    damage: withMore(share(1), 4096),
    gives: {},
    ...valid,
  },
  {
    name: 'a page of zeros in the middle',
    forms: ordinaryForms,
    damage: zeros(share(0.5), 4096),
    gives: brokenContent,
    ...refusedLater,
    says: 'damaged',
  },
  {
    name: 'a hundred bytes less in the middle',
    forms: ['none', 'lzms', 'pipable lzx'],
    damage: without(share(0.5), 100),
    ...atStart,
  },
  {
    name: 'a hundred bytes more in the middle',
    forms: ['xpress', 'pipable none'],
    damage: withMore(share(0.5), 100),
    ...atStart,
  },
])
