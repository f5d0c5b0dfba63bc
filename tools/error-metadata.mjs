// Reads from the services' source which reasons errors have, and with which metadata: the keys of the third argument
// of each `new DomainError(reason, message, metadata)`, by their types.
import ts from 'typescript'

/** Where errors come from that a client of the services can meet. */
const sources =
  /\/(services\/(catalog|storage)|libs\/(contracts|domain|schema|service|tickets|volume))\/src\//
/** Makes errors again out of what a server answered. */
const decoder = /libs\/contracts\/src\/errors\.ts$/

/** @returns the keys by reason, both in order; @throws Error for metadata whose keys cannot be known */
export function findErrorMetadata() {
  const program = ts.createProgram(...filesAndOptions())
  const checker = program.getTypeChecker()
  const keysByReason = new Map()
  for (const file of program.getSourceFiles().filter(isSource))
    for (const { reasons, keys } of errorsIn(file, checker))
      for (const reason of reasons)
        keysByReason.set(reason, new Set([...(keysByReason.get(reason) ?? []), ...keys]))
  return new Map([...keysByReason].map(([reason, keys]) => [reason, [...keys].sort()]))
}

const isSource = ({ fileName }) =>
  sources.test(fileName) && !/\.test\.ts$|\/generated\//.test(fileName) && !decoder.test(fileName)

function filesAndOptions() {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (fault) => fail(fault.messageText) }
  const { fileNames, options } = ts.getParsedCommandLineOfConfigFile('tsconfig.tests.json', {}, host)
  return [fileNames.filter((fileName) => isSource({ fileName })), options]
}

function errorsIn(file, checker) {
  const found = []
  const visit = (node) => {
    if (makesError(node)) found.push(readError(node, checker))
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

/** Also by the constructor of a class that extends it. */
function makesError(node) {
  if (ts.isNewExpression(node)) return node.expression.getText() === 'DomainError'
  if (!ts.isCallExpression(node) || node.expression.kind !== ts.SyntaxKind.SuperKeyword) return false
  const owner = ts.findAncestor(node, ts.isClassLike)
  return owner.heritageClauses.some(({ types }) => types.some((type) => type.getText() === 'DomainError'))
}

function readError(node, checker) {
  const [reason, , metadata] = node.arguments
  const type = checker.getTypeAtLocation(reason)
  if (type.aliasSymbol?.name === 'Reason') unknown(reason, 'reason')
  const reasons = (type.isUnion() ? type.types : [type]).map(
    ({ value }) => value ?? unknown(reason, 'reason'),
  )
  const keys = metadata ? keysOf(metadata, checker) : []
  if (reasons.includes('INVALID_FIELD') && !keys.includes('field')) unknown(node, 'field in the metadata')
  return { reasons, keys }
}

function keysOf(metadata, checker) {
  const type = checker.getTypeAtLocation(metadata)
  return (type.isUnion() ? type.types : [type]).flatMap((part) => {
    if (checker.getIndexInfosOfType(part).length > 0) unknown(metadata, 'metadata')
    return checker.getPropertiesOfType(part).map(({ name }) => name)
  })
}

function unknown(node, what) {
  const file = node.getSourceFile()
  const { line } = file.getLineAndCharacterOfPosition(node.getStart())
  fail(`${file.fileName}:${line + 1}: expected a ${what} whose type says all, found ${node.getText()}`)
}

function fail(message) {
  throw new Error(message)
}
