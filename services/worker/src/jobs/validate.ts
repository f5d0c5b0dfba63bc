import { captureFromProto, type catalog, findingToProto, sha256FromProto } from '@goldkeep/contracts'
import { isDomainError, parseImageId, parseVersionId, parseVolumeId } from '@goldkeep/domain'
import type { HeldClaim } from '../claims/held-claim.js'
import { PermanentFault } from '../claims/permanent-fault.js'
import { validateVersion } from '../operations/validate-version.js'
import type { CheckLimits, Validation } from '../operations/validation.js'
import { otherWork } from './other-work.js'

/** `validate`: examines a version's bytes on the volume and reports what was found. */
export function validateJob({
  volume,
  checks,
}: {
  readonly volume: string | undefined
  readonly checks: CheckLimits
}) {
  return async (claim: HeldClaim): Promise<void> => {
    if (claim.work.$case !== 'validate') throw otherWork('validate', claim)
    if (volume === undefined) throw new PermanentFault('this worker has no volume')
    const validation = readWork(claim.work.value)
    const findings = await validateVersion(volume, validation, checks, claim.signal)
    // The catalog decides the verdict; what could not be judged it hands out again later.
    await claim.report((reference, options) => {
      const messages = findings.map((finding) => findingToProto(finding))
      const { versionId, volumeId } = validation
      const report = { ...reference, versionId, volumeId, findings: messages }
      return claim.coordination.reportFindings(report, options)
    })
  }
}

/** @throws PermanentFault when the catalog's words cannot be understood */
function readWork(work: catalog.ValidateWork): Validation {
  try {
    return {
      versionId: parseVersionId(work.versionId),
      imageId: parseImageId(work.imageId),
      volumeId: parseVolumeId(work.volumeId),
      capture: captureFromProto(work.capture),
      manifestSha256: sha256FromProto(work.manifestDigest),
    }
  } catch (error) {
    if (isDomainError(error)) throw new PermanentFault(error.message, { cause: error })
    throw error
  }
}
