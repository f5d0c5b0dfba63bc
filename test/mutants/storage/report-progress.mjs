import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/operations/report-progress.ts',
  ['services/storage/src/operations/read-meter'],
  [
    {
      id: 'ended-deployment-not-stopped',
      law: 9,
      from: '      meter.end(answer.endedDeploymentIds)\n',
      to: '',
      meaning: 'a cancelled deployment reads to the end',
    },
    {
      id: 'silent-writer-not-alive',
      law: 3,
      from: 'if (!isAlive && this.#told.get(versionId) === fingerprint) return []',
      to: 'if (this.#told.get(versionId) === fingerprint) return []',
      suites: ['services/storage/test/progress-of-readers'],
      meaning: 'an upload whose producer is silent for a day expires under it',
    },
  ],
)
