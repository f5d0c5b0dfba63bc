import type { DeploymentSession } from '@goldkeep/client'

export function digestOf(bytes: string | Uint8Array): string
export function filesOf(version: 'v1' | 'v2'): Record<string, string>
export function fakeDeployment(version: 'v1' | 'v2', read?: DeploymentSession['read']): DeploymentSession
