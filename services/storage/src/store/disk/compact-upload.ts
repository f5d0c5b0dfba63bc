import { replay, type UploadRecord } from './upload-records.js'

type Decision = Extract<UploadRecord, { t: 'sealing' | 'sealed' | 'ended' }>

const decisions: ReadonlySet<string> = new Set<Decision['t']>(['sealing', 'sealed', 'ended'])
const known: ReadonlySet<string> = new Set<UploadRecord['t']>([
  'opened',
  'file',
  'attempt',
  'committed',
  'finished',
  'failed',
  'broken',
  ...(decisions as ReadonlySet<Decision['t']>),
])

/**
 * The fewest records from which the same state of an upload follows: its files once each, however many attempts
 * they had, and the last of each decision.
 * @throws Error when the first record is not `opened`
 */
export function compactUpload(records: readonly unknown[]): readonly unknown[] {
  const all = records as readonly UploadRecord[]
  // What a later minor version has written is kept for it, where it stands.
  if (all.length === 0 || all.some(({ t }) => !known.has(t))) return records
  const { upload, files, lastByteTime } = replay(all)
  const opened: UploadRecord = { t: 'opened', format: 1, upload, time: lastByteTime }
  const held = [...files.values()].map((file): UploadRecord => ({ t: 'file', file }))
  return [opened, ...held, ...lastDecisions(all)]
}

/** In their order, since the last one tells the phase. */
function lastDecisions(records: readonly UploadRecord[]): Decision[] {
  const last = new Map<string, Decision>()
  for (const record of records)
    if (isDecision(record)) {
      last.delete(record.t)
      last.set(record.t, record)
    }
  return [...last.values()]
}

const isDecision = (record: UploadRecord): record is Decision => decisions.has(record.t)
