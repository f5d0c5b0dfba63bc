import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/start-deployment.ts',
  ['services/catalog/test/deployments'],
  [
    {
      id: 'deployment-of-nobody',
      law: 9,
      from: 'if (!isIdentified(machineKeys(target.machine)))',
      to: 'if (target.kind === undefined)',
      meaning: 'a deployment is pinned for a machine that nobody can tell',
    },
    {
      id: 'start-without-the-image-lock',
      law: 9,
      from: ".where('deletedAt', 'is', null)\n    .forShare()",
      to: ".where('deletedAt', 'is', null)",
      meaning: 'a promotion comes between looking at the primary and pinning it',
    },
    {
      id: 'start-of-a-disabled-image',
      law: 5,
      from: 'if (!image.enabled)',
      to: "if (image.imageId === '')",
      meaning: 'a disabled image is deployed',
    },
    {
      id: 'location-without-bytes',
      law: 5,
      from: "locations.filter((location) => location.presence !== 'MISSING')",
      to: 'locations',
      suites: ['services/catalog/test/silent-volumes'],
      meaning: 'a machine is sent to the volume on which the bytes are missing, though another has them',
    },
    {
      id: 'machine-deploys-twice',
      law: 9,
      from: "order.target.kind === 'machine' ? await supersedeDeployment(trx, order.target.machine) : undefined",
      to: 'undefined as string | undefined',
      meaning: 'a machine that starts again keeps the pin of its former start',
    },
    {
      id: 'share-path-of-the-link',
      law: 9,
      from: 'sharePath: `images/${image.imageId}/versions/${version.versionId}`',
      to: 'sharePath: `primary/images/${image.imageId}`',
      suites: ['services/catalog/test/deployments', 'services/catalog/test/main-path'],
      meaning: 'a share client is given a path that moves with the pointer',
    },
    {
      id: 'lease-without-end',
      law: 6,
      from: 'leaseUntil: inMilliseconds(times.deploymentLeaseMs),\n      limitAt',
      to: 'leaseUntil: inMilliseconds(times.deploymentLimitMs),\n      limitAt',
      meaning: 'a pin stays alive without reads until the longest deployment is over',
    },
  ],
)
