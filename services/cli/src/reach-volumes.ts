import { measureConnect, type CatalogConnection } from '@goldkeep/client'
import type { catalog } from '@goldkeep/contracts'
import { collectPages } from './collect-pages.js'
import { volumeView, type VolumeView } from './views/house-view.js'

const connectMs = 2_000

export type ReachedVolume = VolumeView & { readonly reachable: boolean }

/** The volumes, and what an administrator must see to that concerns none of them. */
export async function listVolumes({ volumes }: Pick<CatalogConnection, 'volumes'>): Promise<{
  readonly troubles: readonly string[]
  readonly volumes: readonly ReachedVolume[]
}> {
  let troubles: readonly string[] = []
  const found = await collectPages(
    async (pageToken) => {
      const page = await volumes.list({ pageToken })
      troubles = page.troubles
      return page
    },
    (page) => page.volumes,
  )
  return { troubles, volumes: await listReach(found) }
}

/** Volumes, each with whether its storage service answers from here. */
export function listReach(volumes: readonly catalog.Volume[]): Promise<ReachedVolume[]> {
  return Promise.all(volumes.map(volumeView).map(withReach))
}

/** Another volume may answer at the address of one that is silent or retired. */
async function withReach(volume: VolumeView): Promise<ReachedVolume> {
  const { silent, retired, address } = volume
  const isServed = !silent && !retired
  return { ...volume, reachable: isServed && (await measureConnect(address, connectMs)) !== undefined }
}
