import { waitUntil, type CommandOutcome, type GoldkeepCommand } from '@goldkeep/testing'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { captureCommand, slowApplyCommand } from './captures.js'
import type { Narrator } from './narrator.js'

/** Big enough for a capture to be caught half-way, in bytes. */
export const treeBytes = 48 * 1024 * 1024
export const efi = 'hd0/part1.winpe.wim'
export const windows = 'hd0/part3.winpe.wim'
export const image = 'win11-lab'

export interface Stage {
  readonly goldkeep: GoldkeepCommand
  readonly narrator: Narrator
  /** An empty directory for trees and captures. */
  readonly directory: string
  /** The root of the house's volume. */
  readonly volume: string
}

/** A deployment whose reader has stopped half-way. */
export interface Deploying {
  readonly id: string
  readonly target: string
  readonly letGo: () => Promise<void>
  readonly outcome: Promise<CommandOutcome>
}

/** Begins an upload and says its id. */
export async function begin({ goldkeep, directory }: Stage): Promise<string> {
  return goldkeep.run('upload', 'begin', image, '--schema', join(directory, 'schema'))
}

/** Begins an upload, captures both partitions into it, seals it, and waits for the verdict. */
export async function capture(stage: Stage, tree: string): Promise<string> {
  const { goldkeep, directory } = stage
  const id = await begin(stage)
  await goldkeep.run('upload', 'write', id, efi, '--', ...captureCommand(join(directory, 'efi')))
  await goldkeep.run('upload', 'write', id, windows, '--', ...captureCommand(tree))
  await goldkeep.run('upload', 'seal', id)
  await goldkeep.run('version', 'wait', id)
  return id
}

/** The number of the version that machines get. */
export async function primaryNumber({ goldkeep }: Stage): Promise<number> {
  const primary = JSON.parse(await goldkeep.run('primary', image, '--json')) as { number: number }
  return primary.number
}

/** The id of a version by its number. */
export async function idOf({ goldkeep }: Stage, number: number): Promise<string> {
  const version = JSON.parse(await goldkeep.run('version', 'show', `${image}@${number}`, '--json')) as {
    versionId: string
  }
  return version.versionId
}

/** Starts a deployment on `machine` whose reader stops in the middle of the Windows partition. */
export async function startSlowDeployment(stage: Stage, machine: string): Promise<Deploying> {
  const { goldkeep, directory } = stage
  const file = (name: string): string => join(directory, `${machine.replaceAll(':', '')}-${name}`)
  const target = file('applied')
  await mkdir(target)
  const id = await goldkeep.run('deploy', 'start', image, '--machine', machine)
  const fetch = ['deploy', 'fetch', id, '--file', windows, '--']
  const { outcome } = goldkeep.start(...fetch, ...slowApplyCommand(target, file('half-way'), file('go')))
  await waitUntil(() => existsSync(file('half-way')), {
    timeoutMs: 60_000,
    what: 'the deployment is half-way',
  })
  return { id, target, outcome, letGo: () => writeFile(file('go'), '') }
}
