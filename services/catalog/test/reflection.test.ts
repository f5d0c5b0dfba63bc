import { describe, expect, test } from '@jest/globals'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { useTestCatalog } from './support/test-catalog.js'

const buf = fileURLToPath(new URL('../../../node_modules/.bin/buf', import.meta.url))

describe('a client that knows only the address', () => {
  const house = useTestCatalog()

  const curl = async (protocol: string, ...args: readonly string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(buf, [
      ...['curl', '--http2-prior-knowledge', '--reflect-protocol', protocol, '--protocol', 'grpc'],
      ...args,
    ])
    return stdout
  }
  const url = (): string => `http://127.0.0.1:${house.port}`

  test.each(['grpc-v1', 'grpc-v1alpha'])('is told every method, by %s', async (protocol) => {
    const methods = (await curl(protocol, '--list-methods', url())).trim().split('\n')
    expect(methods).toEqual(
      expect.arrayContaining(['goldkeep.catalog.v1.Images/Promote', 'goldkeep.catalog.v1.Versions/List']),
    )
  })

  test('can call one whose messages are of several packages', async () => {
    await house.images.create({ imageId: 'win11-lab' })
    const bearer = ['--header', `authorization: Bearer ${house.adminToken}`]
    const answer = await curl('grpc-v1', ...bearer, `${url()}/goldkeep.catalog.v1.Images/List`)
    expect(JSON.parse(answer)).toMatchObject({
      images: [{ imageId: 'win11-lab', createTime: expect.stringMatching(/^20\d\d-/) }],
    })
  })
})
