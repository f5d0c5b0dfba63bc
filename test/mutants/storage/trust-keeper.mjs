import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/operations/trust-keeper.ts',
  ['services/storage/test/another-database'],
  [
    {
      id: 'database-that-went-back-taken-for-the-same',
      law: 12,
      from: 'if (incarnation === this.#incarnation && position < this.#position) this.#stepsBack += 1\n',
      to: '',
      meaning: 'a database that was put back as a machine is, is not compared with the volume',
    },
    {
      id: 'trust-not-kept',
      law: 4,
      from: '    await this.file.write(Buffer.from(text))\n',
      to: '',
      meaning: 'after a restart without the catalog no ticket opens, or a revoked one does',
    },
    {
      id: 'trust-only-when-written',
      law: 4,
      from: '    this.#trust = await toTrust(stored)\n    await this.file.write(Buffer.from(text))\n',
      to: '    await this.file.write(Buffer.from(text))\n    this.#trust = await toTrust(stored)\n',
      meaning: 'a revocation does not hold while the volume cannot be written',
    },
    {
      id: 'trust-of-another-house',
      law: 4,
      from: '    requireHouse(this.house, answer.houseId)\n',
      to: '',
      suites: ['services/storage/test/another-house'],
      meaning: 'the keys of another house take the place of the known ones',
    },
    {
      id: 'damaged-trust-believed',
      law: 4,
      from: '  if (fault) throw new Error(`expected crc32 ${String(fault.expected)}, found ${fault.found}`)\n',
      to: '',
      suites: ['services/storage/src/operations/trust-keeper'],
      meaning: 'a flipped bit takes a revocation back while the catalog is away',
    },
  ],
)
