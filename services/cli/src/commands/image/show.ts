import type { CatalogConnection } from '@goldkeep/client'
import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { listWarnings } from '../../list-warnings.js'
import { imageFields, imageView } from '../../views/image-view.js'

export function addImageShow(image: Command, { act }: Actions): void {
  image
    .command('show')
    .description('one image')
    .argument('<image>')
    .action(
      act(async (session, [imageId = '']) => {
        const connection = await session.catalog()
        const view = imageView(await connection.images.get({ imageId }))
        const warnings = await primaryWarnings(connection, view.primaryVersionId)
        session.show({ ...view, primaryWarnings: warnings }, (width) => imageFields(view, width, warnings))
      }),
    )
}

/** What is wrong with the version that is deployed now, and did not keep it from being VALID. */
async function primaryWarnings(
  connection: CatalogConnection,
  versionId: string | undefined,
): Promise<readonly string[]> {
  return versionId === undefined ? [] : listWarnings(connection, versionId)
}
