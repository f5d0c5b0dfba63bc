import type { CatalogConnection } from '@goldkeep/client'
import { describeFinding, findingView } from './views/finding-view.js'

/** The findings on a version that are warnings, a sentence each. */
export async function listWarnings(connection: CatalogConnection, versionId: string): Promise<string[]> {
  const { findings } = await connection.versions.getChecks({ versionId })
  return findings
    .map(findingView)
    .filter(({ verdict }) => verdict === 'WARN')
    .map(({ path, ...finding }) => [path, describeFinding(finding)].filter(Boolean).join(': '))
}
