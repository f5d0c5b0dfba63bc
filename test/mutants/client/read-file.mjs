import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'libs/client/src/read-file.ts',
  ['libs/client/test/read-file', 'libs/client/test/save-in-runs'],
  [
    {
      id: 'read-digest-not-compared',
      law: 9,
      from: "if (sha256 !== request.sha256)\n    throw mismatch('DIGEST_MISMATCH', request, `sha256 ${request.sha256}`, sha256)\n  if (held)",
      to: 'if (held)',
      meaning: 'a machine gets bytes that nobody compared',
    },
    {
      id: 'last-piece-before-the-digest',
      law: 9,
      from: 'if (held) yield held\n      held = data',
      to: 'yield data',
      meaning: 'a consumer has all bytes before they turn out wrong',
    },
    {
      id: 'read-bytes-at-another-place',
      law: 9,
      from: 'if (Number(message.value.offset) !== expected)',
      to: 'if (Number(message.value.offset) < 0)',
      equivalent:
        'the digest of the whole, which is compared before the last piece is given out, would be another',
      meaning: 'bytes of another place are taken',
    },
    {
      id: 'short-stream-taken-for-whole',
      law: 9,
      from: 'if (expected < request.size)\n    throw',
      to: 'if (expected < 0)\n    throw',
      equivalent: 'the loop opens the file again where it ended, as it does after the error',
      meaning: 'a stream that ends early is not noticed',
    },
    {
      id: 'other-file-read-to-its-end',
      law: 9,
      from: "if (message?.$case === 'header') checkHeader(message.value, request)",
      to: '',
      meaning: 'a file that is not the one of the orders is read',
    },
  ],
)
