import sequencer from '@jest/test-sequencer'

/** The variable that names the suites of a run, with a comma between them, the quickest first. */
export const suitesVariable = 'GOLDKEEP_MUTANT_SUITES'

/** Jest would begin with the suite that took longest the last time. */
export default class SuitesInOrder extends sequencer {
  sort(tests) {
    const order = (process.env[suitesVariable] ?? '').split(',')
    const placeOf = ({ path }) => order.findIndex((suite) => path.endsWith(suite))
    return [...tests].sort((a, b) => placeOf(a) - placeOf(b))
  }
}
