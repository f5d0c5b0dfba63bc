import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/room.ts',
  ['services/storage/src/store/disk/room'],
  [
    {
      id: 'room-given-twice',
      law: 3,
      from: '    this.#left -= bytes\n',
      to: '',
      meaning: 'uploads fill the volume to its last byte between two looks',
    },
  ],
)
