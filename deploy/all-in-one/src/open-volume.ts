import type { RunningCatalog } from '@goldkeep/catalog'
import { ConfigError } from '@goldkeep/service'
import { parseVolumeIdentity, volumeLayout } from '@goldkeep/volume'
import { mkdirSync, readFileSync } from 'node:fs'

/**
 * Makes the directory of the volume unless it is there. Where the catalog knows a volume it must be that one: an empty
 * one in its place would hide that it is gone. One that is lost for good is retired first, when its id is given.
 * @throws ConfigError when another volume is there, or none
 */
export async function openVolume(
  directory: string,
  { volumes }: Pick<RunningCatalog, 'volumes'>,
  retire: string | undefined,
): Promise<void> {
  const identity = volumeLayout(directory).identity
  const present = readVolumeId(identity)
  if (retire !== undefined) await retireLost(retire, present, volumes)
  const known = await volumes.list()
  if (known.length > 0 && (present === undefined || !known.includes(present)))
    throw new ConfigError([
      `GOLDKEEP_HOME: expected volume ${known.join(' or ')} in ${directory}, found ` +
        `${present === undefined ? `no ${identity}` : `volume ${present}`}; mount its disk or put it back. ` +
        `If it is lost for good, start once with GOLDKEEP_RETIRE_VOLUME=${known[0]}`,
    ])
  // Storage itself never makes its volume, since an absent one may be a disk that is not mounted.
  mkdirSync(directory, { recursive: true })
}

async function retireLost(
  volumeId: string,
  present: string | undefined,
  volumes: RunningCatalog['volumes'],
): Promise<void> {
  if (volumeId === present)
    throw new ConfigError([
      `GOLDKEEP_RETIRE_VOLUME: expected a volume that is gone, found that ${volumeId} is here`,
    ])
  // A variable that stays set after the start that it was for changes nothing.
  if ((await volumes.list()).includes(volumeId))
    await volumes.retire(volumeId, 'GOLDKEEP_RETIRE_VOLUME named it at a start without it')
}

/** @throws ConfigError when there is something else than a volume's identity */
function readVolumeId(identity: string): string | undefined {
  try {
    return parseVolumeIdentity(readFileSync(identity)).volume
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new ConfigError([`GOLDKEEP_HOME: cannot read ${identity}: ${message}`])
  }
}
