import { catalog, storage } from '@goldkeep/contracts'

/** Names of enum values without their prefix: `COMPLETE`, not `UPLOAD_FILE_STATE_COMPLETE`. */
const wordOf =
  (names: Readonly<Record<string, string | number>>, prefix: string) =>
  (value: number): string => {
    const name = names[value]
    if (typeof name !== 'string') return `UNKNOWN(${value})`
    return value === 0 ? '' : name.slice(prefix.length)
  }

export const lifecycleWord = wordOf(catalog.Lifecycle, 'LIFECYCLE_')
export const verdictWord = wordOf(catalog.Verdict, 'VERDICT_')
export const presenceWord = wordOf(catalog.Presence, 'PRESENCE_')
export const markWord = wordOf(catalog.Mark, 'MARK_')
export const commandWord = wordOf(catalog.Command, 'COMMAND_')
export const findingVerdictWord = wordOf(catalog.FindingVerdict, 'FINDING_VERDICT_')
export const uploadFileStateWord = wordOf(catalog.UploadFileState, 'UPLOAD_FILE_STATE_')
export const uploadStateWord = wordOf(storage.UploadState, 'UPLOAD_STATE_')
export const deploymentStateWord = wordOf(catalog.DeploymentState, 'DEPLOYMENT_STATE_')
export const primaryChangeWord = wordOf(catalog.PrimaryChangeKind, 'PRIMARY_CHANGE_KIND_')

/** Whether the bytes of a version are gone or wrong; a volume that cannot read them at present may yet have them. */
export const isLost = (presence: catalog.Presence): boolean =>
  presence === catalog.Presence.PRESENCE_MISSING || presence === catalog.Presence.PRESENCE_DAMAGED

/** A time as ISO 8601, or `undefined`, which JSON leaves out. */
export const isoTime = (time: Date | undefined): string | undefined => time?.toISOString()

/** Lower-case hex. */
export const hexDigest = (digest: catalog.Digest | undefined): string | undefined =>
  digest && digest.value.length > 0 ? Buffer.from(digest.value).toString('hex') : undefined
