import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { tokenView } from '../../views/house-view.js'

export function addTokenRevoke(token: Command, { act }: Actions): void {
  token
    .command('revoke')
    .description('end a token')
    .argument('<token>', 'its id, or its name where that is unique')
    .action(
      act(async (session, [tokenId = '']) => {
        const { tokens } = await session.catalog()
        const view = tokenView(await tokens.revoke({ tokenId }))
        session.show(view, () => `${view.tokenId} (${view.name}) lets nobody in any more`)
      }),
    )
}
