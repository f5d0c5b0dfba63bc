import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'libs/volume/src/image-document.ts',
  ['libs/volume/src/formats.test'],
  [
    {
      id: 'publications-ordered-without-epoch',
      law: 4,
      from: 'return a.epoch - b.epoch || a.generation - b.generation',
      to: 'return a.generation - b.generation',
      meaning: 'a catalog that was put back cannot publish',
    },
    {
      id: 'publications-ordered-without-generation',
      law: 4,
      from: 'return a.epoch - b.epoch || a.generation - b.generation',
      to: 'return a.epoch - b.epoch',
      meaning: 'an earlier publication takes the place of a later one',
    },
  ],
)
