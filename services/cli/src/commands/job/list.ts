import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { collectPages } from '../../collect-pages.js'
import { jobTable, jobView } from '../../views/house-view.js'

interface Options {
  readonly all?: boolean
}

export function addJob(program: Command, { act }: Actions): void {
  const job = program.command('job').description('the work that workers do')
  job
    .command('list')
    .description('open and failed jobs')
    .option('--all', 'also those that are done')
    .action(
      act<Options>(async (session, _args, options) => {
        const { jobs } = await session.catalog()
        const found = await collectPages(
          (pageToken) => jobs.list({ includeDone: options.all ?? false, pageToken }),
          (page) => page.jobs,
        )
        const views = found.map(jobView)
        session.show({ jobs: views }, (width) => jobTable(views, width))
      }),
    )
}
