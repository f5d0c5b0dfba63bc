// The line itself: `/to/PORT` begins one to a port and answers its address, `/delay/MS` sets the latency.
import { tcpProxy, type TcpProxy } from '@goldkeep/testing'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const proxies: TcpProxy[] = []
const control = createServer((request, response) => {
  const [, what, value = ''] = (request.url ?? '').split('/')
  void (async () => {
    if (what === 'to') {
      const proxy = await tcpProxy(`127.0.0.1:${value}`)
      proxies.push(proxy)
      return response.end(proxy.address)
    }
    for (const { delay } of proxies) delay(Number(value))
    return response.end()
  })()
})
control.listen(0, '127.0.0.1', () => {
  process.stdout.write(`control 127.0.0.1:${(control.address() as AddressInfo).port}\n`)
})
