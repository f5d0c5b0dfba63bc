import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/operations/read-meter.ts',
  ['services/storage/src/operations/read-meter'],
  [
    {
      id: 'deployment-ended-for-ever',
      law: 9,
      from: '        this.#ended.delete(deploymentId)\n',
      to: '',
      meaning: 'a deployment is not read any more after the catalog was wrong once',
    },
    {
      id: 'reads-told-twice',
      law: 9,
      from: '      count.files.clear()\n',
      to: '',
      meaning: 'reports of reads grow without end',
    },
  ],
)
