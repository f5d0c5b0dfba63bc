import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'libs/client/src/uncommitted-bytes.ts',
  ['libs/client/src/uncommitted-bytes.test', 'libs/client/test/write-file'],
  [
    {
      id: 'sent-bytes-forgotten-before-commit',
      law: 3,
      from: 'piece.offset + piece.data.length > size)',
      to: 'piece.offset + piece.data.length >= size + piece.data.length)',
      meaning: 'bytes that are not committed yet are let go',
    },
    {
      id: 'buffer-without-limit',
      law: 3,
      from: 'while (this.appendedTo - this.committedTo >= this.limit) await this.change(signal)',
      to: '',
      meaning: 'a client keeps a whole capture in memory',
    },
    {
      id: 'lost-bytes-waited-for',
      law: 3,
      from: 'if (offset < Math.min(keptFrom, this.committedTo))',
      to: 'if (offset < 0)',
      meaning: 'a volume that lost acknowledged bytes makes the client send others in their place',
    },
    {
      id: 'ending-before-the-last-byte',
      law: 2,
      from: 'if (this.ending && offset >= this.appendedTo) return this.ending',
      to: 'if (this.ending) return this.ending',
      equivalent:
        'a piece at the offset is returned first, and there is one as long as the offset is below the end',
      meaning: 'Finish is sent before the last byte',
    },
    {
      id: 'second-ending-replaces-the-first',
      law: 2,
      from: 'this.ending ??= ending',
      to: 'this.ending = ending',
      equivalent: 'the one reader of a source ends it once: whole, or failed',
      meaning: 'a source that failed is whole all the same',
    },
    {
      id: 'rest-of-a-piece-with-its-sum',
      law: 2,
      from: 'return { offset, data, crc32: crc32(data) }',
      to: 'return { offset, data, crc32: found.crc32 }',
      meaning: 'the rest of a piece is refused as corrupt',
    },
  ],
)
