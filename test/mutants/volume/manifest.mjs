import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'libs/volume/src/manifest.ts',
  ['libs/volume/src/formats.test'],
  [
    {
      id: 'manifest-with-any-path',
      law: 1,
      from: 'path: parsedBy(parseFilePath),',
      to: 'path: z.string().transform((text) => text as never),',
      meaning: 'a manifest names files outside of its version',
    },
  ],
)
