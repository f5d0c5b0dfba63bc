import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { collectPages } from '../../collect-pages.js'
import { tokenTable, tokenView } from '../../views/house-view.js'

export function addTokenList(token: Command, { act }: Actions): void {
  token
    .command('list')
    .description('all tokens, without their secrets')
    .action(
      act(async (session) => {
        const { tokens } = await session.catalog()
        const found = await collectPages(
          (pageToken) => tokens.list({ pageToken }),
          (page) => page.tokens,
        )
        const views = found.map(tokenView)
        session.show({ tokens: views }, (width) => tokenTable(views, width))
      }),
    )
}
