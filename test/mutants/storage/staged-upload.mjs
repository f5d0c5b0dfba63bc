import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/staged-upload.ts',
  ['services/storage/test/what-is-staged', 'services/storage/test/recovery.test'],
  [
    {
      id: 'paths-that-differ-in-case',
      law: 2,
      from: 'if (other !== path && other.toLowerCase() === folded)',
      to: 'if (other !== path && other === folded)',
      meaning: 'two paths that differ in case are in one version',
    },
    {
      id: 'path-claimed-only-when-recorded',
      law: 2,
      from: 'this.#claimed.add(path)',
      to: '',
      meaning: 'of two first writes at once both begin, though their paths differ in case only',
    },
    {
      id: 'claim-kept-after-a-fault',
      law: 3,
      from: 'this.#claimed.delete(path)',
      to: '',
      meaning: 'a path that could not be begun is taken for ever',
    },
    {
      id: 'record-takes-effect-before-it-is-durable',
      law: 3,
      from: 'await this.journal.append(timed)\n    this.current = applyRecord(this.current, timed)\n  }\n\n  /**',
      to: 'this.current = applyRecord(this.current, timed)\n    await this.journal.append(timed)\n  }\n\n  /**',
      suites: [
        'services/storage/test/what-is-staged',
        'services/storage/test/faults/fault-matrix',
        'services/storage/test/crash/crash-of-an-operation',
      ],
      meaning: 'what could not be written to the journal counts all the same',
    },
    {
      id: 'fault-forgotten-when-unrecorded',
      law: 3,
      from: 'await this.journal.append(timed).catch(() => {})\n    this.current',
      to: 'await this.journal.append(timed)\n    this.current',
      suites: ['services/storage/test/what-is-staged'],
      meaning: 'a failed sync whose record fails too leaves the attempt to be gone on with',
    },
    {
      id: 'unsound-upload-taken-for-sound',
      law: 3,
      from: 'if (this.#condemned === undefined) return',
      to: 'if (this.#condemned !== null) return',
      suites: ['services/storage/test/recovery.test', 'services/storage/test/faults/fault-matrix'],
      meaning: 'an upload of which a sync failed at the seal is sealed when it is asked again',
    },
    {
      id: 'open-phase-not-required',
      law: 1,
      from: "if (phase === 'OPEN') return",
      to: 'if (phase !== null) return',
      suites: ['services/storage/test/seals-on-disk', 'services/storage/test/refusals.test'],
      meaning: 'an upload that is sealing, sealed or ended is changed',
    },
  ],
)
