// Writes the contracts' descriptors beside the code that is generated from them: gRPC reflection answers with them.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, stepEnvironment } from './run-step.mjs'

const descriptors = execFileSync(
  'buf',
  ['build', 'proto', '--exclude-source-info', '--output', '-#format=binpb'],
  {
    cwd: root,
    env: stepEnvironment,
  },
)
writeFileSync(
  join(root, 'libs/contracts/src/generated/descriptor-set.ts'),
  `/** A google.protobuf.FileDescriptorSet of the contracts and all that they import, in base64. */
export const descriptorSet =
  '${descriptors.toString('base64')}'
`,
)
