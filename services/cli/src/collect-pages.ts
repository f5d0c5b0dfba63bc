/** All items of a paged list. */
export async function collectPages<Page extends { readonly nextPageToken: string }, Item>(
  list: (pageToken: string) => Promise<Page>,
  itemsOf: (page: Page) => readonly Item[],
): Promise<Item[]> {
  const items: Item[] = []
  let pageToken = ''
  do {
    const page = await list(pageToken)
    items.push(...itemsOf(page))
    pageToken = page.nextPageToken
  } while (pageToken !== '')
  return items
}
