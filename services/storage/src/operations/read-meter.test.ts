import { parseFilePath, type DeploymentId } from '@goldkeep/domain'
import { createLogger } from '@goldkeep/service'
import { expect, test } from '@jest/globals'
import type { CoordinationClient } from '../catalog/coordination.js'
import type { VersionStore } from '../store/version-store.js'
import { ReadMeter } from './read-meter.js'
import { ProgressReporter } from './report-progress.js'
import { UploadDesk } from './upload-desk.js'
import { CatalogDisagreement } from './volume-troubles.js'

const deploymentId = 'dep-0123456789abcdef' as DeploymentId
const path = parseFilePath('hd0/part1.winpe.wim')
const ended = expect.objectContaining({ reason: 'DEPLOYMENT_ENDED' }) as unknown as Error

/** Reports what the meter has counted to a catalog that says which deployments have ended. */
function reporterOf(meter: ReadMeter, endedDeploymentIds: readonly string[]): ProgressReporter {
  const reportProgress = async () => ({ endedDeploymentIds, refused: [] })
  const store = {
    identity: { volume: 'vol-0123456789abcdef' },
    views: () => [],
    troubles: () => [],
    space: async () => ({ capacityBytes: 1, freeBytes: 1 }),
  }
  return new ProgressReporter({
    meter,
    store: store as unknown as VersionStore,
    catalog: { reportProgress } as unknown as CoordinationClient,
    desk: new UploadDesk(1_000),
    reporter: { troubles: () => [] },
    disagreement: new CatalogDisagreement(),
    log: createLogger('storage', 'silent'),
    instanceId: 'uid-0123456789abcdefghij',
  })
}

test('a read of a deployment that the catalog says has ended counts no further byte', async () => {
  const meter = new ReadMeter()
  const reading = meter.begin(deploymentId, path)
  reading.count(0, 10)
  await reporterOf(meter, [deploymentId]).report(new AbortController().signal)
  expect(() => reading.count(10, 10)).toThrow(ended)
})

test('a deployment that is read again, after nobody read it for a while, is asked about anew', async () => {
  const meter = new ReadMeter()
  const reading = meter.begin(deploymentId, path)
  reading.count(0, 10)
  await reporterOf(meter, [deploymentId]).report(new AbortController().signal)
  reading.end()
  await reporterOf(meter, []).report(new AbortController().signal)
  meter.begin(deploymentId, path).count(0, 10)
})

test('what was taken is not taken twice, and what is put back is', () => {
  const meter = new ReadMeter()
  const reading = meter.begin(deploymentId, path)
  reading.count(0, 10)
  const taken = meter.take()
  expect(taken.map(({ files }) => files)).toEqual([[{ path, ranges: [{ start: 0, end: 10 }] }]])
  expect(meter.take().map(({ files }) => files)).toEqual([[]])
  meter.putBack(taken)
  expect(meter.take().map(({ files }) => files)).toEqual(taken.map(({ files }) => files))
})
