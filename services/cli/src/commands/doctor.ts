import type { Command } from 'commander'
import type { Actions } from '../act.js'
import { CliError } from '../cli-error.js'
import { examineHouse } from '../examine-house.js'
import { formatTable } from '../output/table.js'

export function addDoctor(program: Command, { act }: Actions): void {
  program
    .command('doctor')
    .description('look for what keeps this machine and the house from working together')
    .action(
      act(async (session) => {
        const examined = await examineHouse(session)
        session.show({ checks: examined }, (width) =>
          formatTable(
            { head: ['', 'what', 'found'], nothing: '' },
            examined.map(({ result, what, found }) => [result, what, found]),
            width,
          ),
        )
        const bad = examined.find((one) => one.result === 'BAD')
        if (bad) throw new CliError('UNWELL', `${bad.what}: ${bad.found}`, bad.exit ?? 1)
      }),
    )
}
