import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/compact-upload.ts',
  ['services/storage/src/store/disk/compact-upload.test'],
  [
    {
      id: 'compacted-without-decisions',
      law: 3,
      from: ', ...lastDecisions(all)]',
      to: ', ...lastDecisions(all).slice(1)]',
      meaning: 'a seal that was begun is forgotten by the next start',
    },
    {
      id: 'compacted-decisions-in-first-order',
      law: 3,
      from: '      last.delete(record.t)\n',
      to: '',
      meaning: 'an upload has another phase after a start',
    },
    {
      id: 'compacted-time-of-opening',
      law: 3,
      from: 'time: lastByteTime }',
      to: 'time: all[0]?.t === "opened" ? all[0].time : lastByteTime }',
      meaning: 'an upload that received bytes today expires as if it had none since it was opened',
    },
    {
      id: 'later-records-compacted-away',
      law: 8,
      from: ' || all.some(({ t }) => !known.has(t))',
      to: '',
      meaning: 'what a newer release has written is lost',
    },
  ],
)
