import { beforeAll, describe, expect, test } from '@jest/globals'
import { catalog } from '@goldkeep/contracts'
import { importPublicKey, verifyTicket } from '@goldkeep/tickets'
import { sql } from 'kysely'
import { waitUntil } from '@goldkeep/testing'
import { systemActor } from '../src/domain/actor.js'
import { promoteVersion } from '../src/operations/promote-version.js'
import { reason } from './support/reason.js'
import { isAnyWaiting, sweepOnce } from './support/test-database.js'
import { registerVolume, useLab, validVersion, wimPath } from './support/versions.js'

const { DeploymentState } = catalog
const machine = (value: Partial<catalog.Machine>) => ({
  $case: 'machine' as const,
  value: catalog.Machine.fromPartial(value),
})

describe('deployments', () => {
  const { house, volumeId } = useLab()
  let first: string
  let second: string

  beforeAll(async () => {
    first = (await validVersion(house, 'lab', volumeId)).versionId
    second = (await validVersion(house, 'lab', volumeId)).versionId
    await house.images.promote({ imageId: 'lab', versionId: first })
  })

  const start = (target: ReturnType<typeof machine>, requestId = '') =>
    house.deployments.start({ imageId: 'lab', target, requestId })
  const idOf = (orders: catalog.Orders): string => orders.deployment?.deploymentId ?? ''
  const stateOf = async (deploymentId: string) => (await house.deployments.get({ deploymentId })).state
  const set = (deploymentId: string, changes: Record<string, unknown>) =>
    house.db.updateTable('deployments').set(changes).where('deploymentId', '=', deploymentId).execute()
  const past = () => sql<Date>`now() - interval '1 second'`

  test('keep the version of their start whatever is promoted meanwhile', async () => {
    const orders = await start(machine({ serial: 'KEEP-1' }))
    await house.images.promote({ imageId: 'lab', versionId: second })
    const again = await house.deployments.issueTicket({ deploymentId: idOf(orders) })
    // The lease runs on between the two answers.
    const { expiresIn } = again.deployment ?? {}
    const deployment = { ...orders.deployment, expiresIn }
    expect(again).toEqual({ ...orders, deployment, ticket: again.ticket })
    expect(again.deployment?.versionId).toBe(first)
    const next = await start(machine({ serial: 'KEEP-2' }))
    expect(next.deployment?.versionId).toBe(second)
  })

  test('wait for a promotion that is under way, and pin what it promotes', async () => {
    await house.images.promote({ imageId: 'lab', versionId: first })
    const started = await house.db.transaction().execute(async (trx) => {
      const promotion = { imageId: 'lab', versionId: second, expected: undefined, force: false, reason: '' }
      await promoteVersion(trx, promotion, systemActor)
      const starting = start(machine({ serial: 'WAITS-1' }))
      await waitUntil(() => isAnyWaiting(house.db), { what: 'the start waits for the promotion' })
      return { starting }
    })
    expect((await started.starting).deployment?.versionId).toBe(second)
    await house.images.promote({ imageId: 'lab', versionId: first })
  })

  test('hold their version for the time of a lease without a read, and not to the longest end', async () => {
    const { deployment } = await start(machine({ serial: 'LEASE-1' }))
    expect(deployment?.expiresIn).toBeGreaterThan(14_000n)
    expect(deployment?.expiresIn).toBeLessThanOrEqual(14_400n)
  })

  test('come with a ticket that the volume believes', async () => {
    const orders = await start(machine({ serial: 'TICKET-1' }))
    const { keys } = await house.coordination.getTrust({})
    const trusted = await Promise.all(
      keys.map(async (key) => [key.keyId, await importPublicKey(key.publicKey)] as const),
    )
    const trust = { keys: new Map(trusted), revokedBefore: new Map<string, number>() }
    const claims = await verifyTicket(trust, orders.ticket?.token ?? '', volumeId, new Date())
    expect(claims).toMatchObject({
      operation: 'read',
      versionId: orders.deployment?.versionId,
      deploymentId: idOf(orders),
    })
  })

  test('are refused without a primary, with its bytes missing, and of a disabled image', async () => {
    const target = machine({ serial: 'REFUSED' })
    const startOf = (imageId: string) => house.deployments.start({ imageId, target })
    await expect(startOf('nowhere')).rejects.toEqual(reason('IMAGE_NOT_FOUND'))
    await house.images.create({ imageId: 'bare' })
    await expect(startOf('bare')).rejects.toEqual(reason('NO_PRIMARY'))
    const { versionId } = await validVersion(house, 'bare', volumeId)
    await house.images.promote({ imageId: 'bare', versionId })
    await house.db
      .updateTable('locations')
      .set({ presence: 'MISSING' })
      .where('versionId', '=', versionId)
      .execute()
    await expect(startOf('bare')).rejects.toEqual(reason('PRIMARY_MISSING'))
    await house.db.updateTable('images').set({ enabled: false }).where('imageId', '=', 'bare').execute()
    await expect(startOf('bare')).rejects.toEqual(reason('IMAGE_DISABLED'))
  })

  test('want a machine that says who it is', async () => {
    await expect(house.deployments.start({ imageId: 'lab' })).rejects.toEqual(reason('INVALID_FIELD'))
    const withProfile = {
      imageId: 'lab',
      target: machine({ serial: 'PROFILE' }),
      profileId: 'no-such-profile',
    }
    await expect(house.deployments.start(withProfile)).rejects.toMatchObject({
      message: 'profile_id: expected none, since there are no profiles yet; found "no-such-profile"',
    })
    await expect(start(machine({ serial: 'Default string' }))).rejects.toEqual(reason('INVALID_FIELD'))
  })

  test('a machine that starts again supersedes its open one', async () => {
    const before = await start(machine({ macs: ['00:1A:2B:00:00:01'] }))
    const after = await start(machine({ macs: ['001a.2b00.0001'], serial: 'AGAIN' }))
    expect(after.supersededDeploymentId).toBe(idOf(before))
    expect(await stateOf(idOf(before))).toBe(DeploymentState.DEPLOYMENT_STATE_SUPERSEDED)
    await expect(house.deployments.issueTicket({ deploymentId: idOf(before) })).rejects.toEqual(
      reason('DEPLOYMENT_ENDED'),
    )
    const { revocations } = await house.coordination.getTrust({})
    expect(revocations.map((one) => one.subject)).toContain(idOf(before))
  })

  test('two starts of one machine at once leave one open', async () => {
    const target = machine({ serial: 'TWICE' })
    const both = await Promise.all([start(target), start(target)])
    const states = await Promise.all(both.map((orders) => stateOf(idOf(orders))))
    expect(states.filter((state) => state === DeploymentState.DEPLOYMENT_STATE_OPEN)).toHaveLength(1)
  })

  test('a repeated start answers the same deployment', async () => {
    const target = machine({ serial: 'REPEAT' })
    const one = await start(target, 'start-1')
    expect(idOf(await start(target, 'start-1'))).toBe(idOf(one))
  })

  test('a machine that might be another is not guessed at', async () => {
    const open = await start(machine({ serial: 'DOCK-1', macs: ['00:1A:2B:00:00:09'] }))
    const doubtful = start(machine({ serial: 'DOCK-2', macs: ['00:1A:2B:00:00:09'] }))
    await expect(doubtful).rejects.toEqual(reason('AMBIGUOUS_MACHINE'))
    expect(await stateOf(idOf(open))).toBe(DeploymentState.DEPLOYMENT_STATE_OPEN)
  })

  test('reads and renewals keep one alive; what has ended is told to its reader', async () => {
    const deploymentId = idOf(await start(machine({ serial: 'ALIVE' })))
    await set(deploymentId, { leaseUntil: past() })
    const reads = [{ deploymentId, files: [{ path: wimPath, ranges: [{ start: 0n, end: 10n }] }] }]
    expect(await house.coordination.reportProgress({ volumeId, reads })).toEqual({
      endedDeploymentIds: [],
      refused: [],
    })
    const alive = await house.deployments.get({ deploymentId })
    expect(alive).toMatchObject({ bytesRead: 10n })
    expect(alive.expiresIn).toBeGreaterThan(14_000n)
    const renewed = await house.deployments.renew({ deploymentId, phase: 'apply', percent: 140 })
    expect(renewed).toMatchObject({ phase: 'apply', percent: 100 })
    await house.deployments.cancel({ deploymentId, reason: 'wrong room' })
    expect(await house.coordination.reportProgress({ volumeId, reads })).toEqual({
      endedDeploymentIds: [deploymentId],
      refused: [],
    })
    await expect(house.deployments.renew({ deploymentId })).rejects.toEqual(reason('DEPLOYMENT_ENDED'))
  })

  test('count what was read just before they ended, and live no longer for it', async () => {
    const deploymentId = idOf(await start(machine({ serial: 'QUICK' })))
    const finished = await house.deployments.finish({ deploymentId, succeeded: true })
    const files = [{ path: wimPath, ranges: [{ start: 0n, end: 4096n }] }]
    const reads = [{ deploymentId, files, lastReadTime: new Date() }]
    const answer = await house.coordination.reportProgress({ volumeId, reads })
    expect(answer.endedDeploymentIds).toEqual([deploymentId])
    const after = await house.deployments.get({ deploymentId })
    expect(after).toMatchObject({ bytesRead: 4096n, state: finished.state, expireTime: finished.expireTime })
    expect(after.lastReadTime).toBeInstanceOf(Date)
  })

  test('are read on when a database that was put back does not know them', async () => {
    const deploymentId = idOf(await start(machine({ serial: 'FORGOTTEN' })))
    await house.db.deleteFrom('deployments').where('deploymentId', '=', deploymentId).execute()
    const answer = await house.coordination.reportProgress({ volumeId, reads: [{ deploymentId }] })
    expect(answer.endedDeploymentIds).toEqual([])
  })

  test('count each byte once, whoever reports it and however often', async () => {
    const started = await start(machine({ serial: 'ONCE' }))
    const deploymentId = idOf(started)
    const other = await registerVolume(house)
    const report = async (volume: string, path: string, ...ranges: [bigint, bigint][]): Promise<bigint> => {
      const files = [{ path, ranges: ranges.map(([first, end]) => ({ start: first, end })) }]
      await house.coordination.reportProgress({ volumeId: volume, reads: [{ deploymentId, files }] })
      return (await house.deployments.get({ deploymentId })).bytesRead
    }
    expect(started.deployment?.bytesTotal).toBe(4096n)
    expect(await report(volumeId, wimPath, [0n, 100n])).toBe(100n)
    expect(await report(volumeId, wimPath, [0n, 100n])).toBe(100n)
    expect(await report(other, wimPath, [50n, 200n], [300n, 400n])).toBe(300n)
    expect(await report(volumeId, 'schema', [0n, 500n])).toBe(300n)
    expect(await report(volumeId, wimPath, [0n, 4096n])).toBe(4096n)
  })

  test('finish once; the same end may be told again, another may not', async () => {
    const deploymentId = idOf(await start(machine({ serial: 'DONE' })))
    const finished = await house.deployments.finish({ deploymentId, succeeded: true })
    expect(finished.state).toBe(DeploymentState.DEPLOYMENT_STATE_SUCCEEDED)
    expect(await house.deployments.finish({ deploymentId, succeeded: true })).toEqual(finished)
    await expect(house.deployments.finish({ deploymentId })).rejects.toEqual(reason('DEPLOYMENT_ENDED'))
    await expect(house.deployments.finish({ deploymentId: 'dep-nothing1' })).rejects.toEqual(
      reason('DEPLOYMENT_NOT_FOUND'),
    )
  })

  test('one that read everything and fell silent ends; one in the middle only sleeps', async () => {
    const whole = await start(machine({ serial: 'WHOLE' }))
    const half = idOf(await start(machine({ serial: 'HALF' })))
    const old = idOf(await start(machine({ serial: 'OLD' })))
    const end = whole.deployment?.bytesTotal ?? 0n
    const files = [{ path: wimPath, ranges: [{ start: 0n, end }] }]
    await house.coordination.reportProgress({ volumeId, reads: [{ deploymentId: idOf(whole), files }] })
    for (const id of [idOf(whole), half]) await set(id, { leaseUntil: past() })
    await set(old, { limitAt: past() })
    expect(await sweepOnce(house.db)).toMatchObject({
      deploymentsEnded: 2,
    })
    expect(await house.deployments.get({ deploymentId: idOf(whole) })).toMatchObject({
      state: DeploymentState.DEPLOYMENT_STATE_EXPIRED,
      message: 'read whole, not confirmed',
    })
    expect(await stateOf(half)).toBe(DeploymentState.DEPLOYMENT_STATE_OPEN)
    expect(await stateOf(old)).toBe(DeploymentState.DEPLOYMENT_STATE_EXPIRED)
  })

  test('a multicast session is a target of its own', async () => {
    const target = { $case: 'multicast' as const, value: { sessionId: 'session-7' } }
    const { deployment } = await house.deployments.start({ imageId: 'lab', target })
    expect(deployment?.target).toEqual(target)
    const { deployments } = await house.deployments.list({ imageId: 'lab', pageSize: 1 })
    expect(deployments.map((one) => one.deploymentId)).toEqual([deployment?.deploymentId])
  })
})
