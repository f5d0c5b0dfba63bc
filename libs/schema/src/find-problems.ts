import { exceeds, inMiB, roomMiB } from './measures.js'
import type { Drive, Schema } from './schema.js'

/** Something about a layout that cannot be right, or cannot be used. */
export interface SchemaProblem {
  readonly verdict: 'FAIL' | 'WARN'
  readonly expected: string
  readonly found: string
  /** One sentence for a person. */
  readonly message: string
}

/** More than these are not told one by one. */
const maxProblems = 20

/** What is wrong with a schema that could be read: no drives, partitions twice, impossible sizes. */
export function findSchemaProblems(schema: Schema): SchemaProblem[] {
  if (schema.drives.length === 0)
    return [problem('FAIL', 'at least one drive', 'none', 'The schema describes no drive.')]
  return [
    ...schema.oddities.map((oddity) => problem('WARN', 'a number', oddity, `Unreadable size: ${oddity}.`)),
    ...schema.repeatedKeys.map((key) =>
      problem('WARN', 'each key once', key, `A key is there twice, and only the last one counts: ${key}.`),
    ),
    ...(schema.drives.every((drive) => drive.partitions.length === 0)
      ? [problem('WARN', 'partitions', 'none', 'No drive of the schema has a partition.')]
      : []),
    ...schema.drives.flatMap((drive) => [...repeatedPartitions(drive), ...impossibleSizes(drive)]),
  ].slice(0, maxProblems)
}

function problem(
  verdict: SchemaProblem['verdict'],
  expected: string,
  found: string,
  message: string,
): SchemaProblem {
  return { verdict, expected, found, message }
}

function repeatedPartitions(drive: Drive): SchemaProblem[] {
  const seen = new Set<string>()
  const repeated = new Set<string>()
  for (const { number } of drive.partitions) (seen.has(number) ? repeated : seen).add(number)
  return [...repeated].map((number) =>
    problem(
      'WARN',
      `one partition ${number}`,
      'several',
      `Disk ${drive.index} has partition ${number} more than once.`,
    ),
  )
}

function impossibleSizes(drive: Drive): SchemaProblem[] {
  const driveMiB = inMiB(drive.sizeSectors, drive.sectorBytes)
  const problems: SchemaProblem[] = []
  for (const partition of drive.partitions) {
    const name = `Partition ${partition.number} of disk ${drive.index}`
    const sizeMiB = inMiB(partition.sizeSectors, drive.sectorBytes)
    const room = roomMiB(partition, drive)
    if (exceeds(sizeMiB, driveMiB))
      problems.push(tooLarge(`${name} is larger than its disk.`, driveMiB, sizeMiB))
    if (exceeds(partition.usedMiB, room))
      problems.push(tooLarge(`${name} holds more than its size.`, room, partition.usedMiB))
    for (const volume of partition.volumeGroup?.logicalVolumes ?? []) {
      const volumeMiB = roomMiB(volume, drive)
      const text = `Logical volume ${volume.name.slice(0, 40)} of disk ${drive.index} holds more than its size.`
      if (exceeds(volume.usedMiB, volumeMiB)) problems.push(tooLarge(text, volumeMiB, volume.usedMiB))
    }
  }
  return problems
}

const tooLarge = (message: string, limit = 0, found = 0): SchemaProblem =>
  problem('WARN', `at most ${Math.round(limit)} MiB`, `${Math.round(found)} MiB`, message)
