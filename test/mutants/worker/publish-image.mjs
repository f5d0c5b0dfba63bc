import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/worker/src/operations/publish-image.ts',
  ['services/worker/test/commands'],
  [
    {
      id: 'highest-generation-confirmed',
      law: 12,
      from: 'if (answer.generation < published) published = answer.generation',
      to: '',
      meaning: 'a volume that has an earlier generation counts as published',
    },
    {
      id: 'published-to-one-volume',
      law: 12,
      from: 'for (const { address } of work.volumes) {',
      to: 'for (const { address } of work.volumes.slice(0, 1)) {',
      meaning: 'only one volume carries the image’s document',
    },
  ],
)
