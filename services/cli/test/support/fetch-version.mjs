// node fetch-version.mjs DIRECTORY VERSION: the fetch of the built command line, from a version in memory.
import process from 'node:process'
import { fetchAll } from '../../dist/transfer/fetch-files.js'
import { fakeDeployment } from './fake-deployment.mjs'

const [directory, version] = process.argv.slice(2)
const progress = { line: () => ({ update: () => {}, end: () => {} }), stop: () => {} }
await fetchAll(fakeDeployment(version), directory, 1, progress)
