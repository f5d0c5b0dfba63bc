import { maxTroubles, type catalog } from '@goldkeep/contracts'
import { listed } from '@goldkeep/domain'
import type { VersionStore } from '../store/version-store.js'
import type { SealReporter } from './report-seals.js'

/** What the volume has and the catalog does not know, as of the last inventory. */
export class CatalogDisagreement {
  #unknown: readonly string[] = []

  note({ unknownVersionIds }: Pick<catalog.RecordInventoryResponse, 'unknownVersionIds'>): void {
    this.#unknown = unknownVersionIds
  }

  troubles(): string[] {
    const count = this.#unknown.length
    if (count === 0) return []
    const what = count === 1 ? 'a version or an upload' : `${count} versions or uploads`
    return [
      `the catalog does not know ${what} of this volume (${listed(this.#unknown)}), and nobody can deploy or end ` +
        'what it does not know: its database may be older than the volume. Nothing of it is removed',
    ]
  }
}

export interface TroubleDependencies {
  readonly store: VersionStore
  readonly reporter: Pick<SealReporter, 'troubles'>
  readonly disagreement: CatalogDisagreement
}

/** What an administrator must see to, a sentence each. */
export const troublesOf = ({ store, reporter, disagreement }: TroubleDependencies): string[] =>
  [...reporter.troubles(), ...disagreement.troubles(), ...store.troubles()].slice(0, maxTroubles)
