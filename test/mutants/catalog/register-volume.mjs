import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/register-volume.ts',
  ['services/catalog/test/what-follows-from-looks'],
  [
    {
      id: 'jobs-of-a-volume-that-is-back-wait',
      law: 11,
      from: '  await wakeJobsOfVolume(trx, volumeId)\n',
      to: '',
      meaning: 'a promotion reaches the share long after its volume is back',
    },
    {
      id: 'later-epoch-of-a-volume-passed-over',
      law: 4,
      from: '  const epoch = volume.epoch > known ? await raiseEpochAbove(trx, volume.epoch) : known',
      to: '  const epoch = known',
      meaning: 'the orders of a database that was put back are refused for ever',
    },
  ],
)
