import { commandLine } from '@goldkeep/domain'
import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import { parseLifetime, type Actions } from '../../act.js'
import { tokenView } from '../../views/house-view.js'

interface Options {
  readonly expires?: number
}

export function addTokenCreate(token: Command, { act }: Actions): void {
  token
    .command('create')
    .description('make a token; its secret is printed once, on standard output')
    .argument('<name>', 'who or what will use it')
    .option('--expires <time>', 'after how long it ends, such as 30d (never)', parseLifetime)
    .action(
      act<Options>(async (session, [name = ''], options) => {
        const { tokens } = await session.catalog()
        const { token: created, secret } = await tokens.create({
          name,
          role: 'admin',
          expiresIn: BigInt(Math.ceil((options.expires ?? 0) / 1000)),
          requestId: randomUUID(),
        })
        session.show({ ...(created && tokenView(created)), secret }, () => secret)
        session.say(
          `${name}: keep it now, it is not shown again; \`${commandLine('goldkeep', 'token', 'revoke', name)}\` ends it`,
        )
      }),
    )
}
