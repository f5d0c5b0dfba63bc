/**
 * @typedef {object} Mutant
 * @property {string} id a name of its own, in words
 * @property {number} law the law of docs/architecture.md that the code guards
 * @property {string} file
 * @property {string} from text that the file has exactly once
 * @property {string} to what stands there instead
 * @property {readonly string[]} suites parts of the paths of suites that should notice it, the quickest first
 * @property {string} meaning what goes wrong
 * @property {string} [equivalent] why no test can notice it
 */

/**
 * The mutants of one file, which the same suites should notice unless a mutant names its own.
 * @param {string} file
 * @param {readonly string[]} suites
 * @param {readonly (Omit<Mutant, 'file' | 'suites'> & Partial<Pick<Mutant, 'suites'>>)[]} mutants
 * @returns {Mutant[]}
 */
export const mutantsOf = (file, suites, mutants) => mutants.map((mutant) => ({ file, suites, ...mutant }))
