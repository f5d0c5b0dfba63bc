import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/change-deployment.ts',
  ['services/catalog/test/claims-and-leases', 'services/catalog/test/deployments'],
  [
    {
      id: 'ended-deployment-goes-on',
      law: 9,
      from: "if (deployment.state === 'OPEN') return",
      to: 'if (deployment.state !== null) return',
      meaning: 'a deployment that has ended is renewed and given orders',
    },
    {
      id: 'finish-told-twice-differently',
      law: 9,
      from: 'assertOpen(deployment)\n    await endDeployment',
      to: 'await endDeployment',
      meaning: 'a deployment that failed is told to have succeeded',
    },
    {
      id: 'renewal-without-lease',
      law: 6,
      from: '.set({ ...progress, percent, leaseUntil: inMilliseconds(times.deploymentLeaseMs) })',
      to: '.set({ ...progress, percent })',
      meaning: 'a renewal does not keep the pin alive',
    },
  ],
)
