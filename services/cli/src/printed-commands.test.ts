import { expect, test } from '@jest/globals'
import type { Command } from 'commander'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import type { CliEnvironment } from './cli-environment.js'
import { adviceFor, adviceFlags } from './explain-error.js'
import { createProgram } from './program.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const folders = ['services/cli/src', 'services/catalog/src', 'services/storage/src', 'libs/client/src']

const program = (): Command => createProgram({} as CliEnvironment)

/** All texts of a source, with `X` for what is filled in. */
function textsOf(file: string): string[] {
  const texts: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) texts.push(node.text)
    else if (ts.isTemplateExpression(node))
      texts.push(node.head.text + node.templateSpans.map(({ literal }) => `X${literal.text}`).join(''))
    else if (ts.isCallExpression(node) && node.expression.getText() === 'commandLine')
      texts.push(node.arguments.map((word) => (ts.isStringLiteralLike(word) ? word.text : 'X')).join(' '))
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true))
  return texts
}

/** The commands in a text: up to a backquote, a line's end, a wide gap, or the words that join two of them. */
const commandsIn = (text: string): string[] =>
  [...text.matchAll(/(?<![\w.-])goldkeep (?!\w+:)([a-z-].*?)(?=`|\n| {2}|, then | && |; |$)/g)].map(
    ([, words = '']) => words,
  )

const printed = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .flatMap((name) => textsOf(join(root, folder, name)).flatMap(commandsIn)),
)

/** What the program would not understand; a command without arguments is a reference to it. */
function problemWith(text: string): string | undefined {
  const own = text.split(' -- ', 1)[0] ?? ''
  const whole = program()
  const parsed = whole.parseOptions(own.split(' '))
  let command = whole
  let words = [...parsed.operands, ...parsed.unknown]
  for (;;) {
    const next = command.commands.find((one) => one.name() === words[0])
    if (!next) break
    command = next
    words = words.slice(1)
  }
  if (command === whole) return 'no such command'
  const { operands, unknown } = command.parseOptions(words)
  const strange = unknown.filter((word) => word !== '--help')
  if (strange.length > 0) return `has no ${strange.join(' ')}`
  const required = command.registeredArguments.filter((argument) => argument.required).length
  const isCallable = operands.length >= required && operands.length <= command.registeredArguments.length
  return operands.length === 0 || isCallable ? undefined : `takes other arguments than ${operands.join(' ')}`
}

test('every command that is printed is one that the program understands', () => {
  expect(printed.length).toBeGreaterThan(20)
  const problems = printed
    .map((text) => [text, problemWith(text)])
    .filter(([, problem]) => problem !== undefined)
  expect(problems).toEqual([])
})

test('a command that does not exist would be noticed', () => {
  expect(problemWith('version lists')).toBe('takes other arguments than lists')
  expect(problemWith('frobnicate x')).toBe('no such command')
  expect(problemWith('version wait x --patience 3')).toBe('has no --patience 3')
})

const find = (...names: string[]): Command =>
  names.reduce((command, name) => {
    const next = command.commands.find((one) => one.name() === name)
    if (!next) throw new Error(`there is no command ${name}`)
    return next
  }, program())

function* allCommands(command: Command): Generator<Command> {
  yield command
  for (const one of command.commands) yield* allCommands(one)
}

test('advice names only options that the failing command has', () => {
  expect(adviceFor('VERSION_DAMAGED', find('promote'))).toBe('to override, add --force --reason TEXT')
  expect(adviceFor('VERSION_DAMAGED', find('rollback'))).toBe('')
  expect(adviceFor('SCHEMA_MISMATCH', find('upload', 'write'))).toBe(
    'end the upload by `goldkeep upload abort`',
  )
  const known = new Set([...allCommands(program())].flatMap(({ options }) => options.map(({ long }) => long)))
  for (const flag of adviceFlags()) expect(known).toContain(flag)
})

function helpOf(command: Command): string {
  let text = ''
  command.configureOutput({ writeOut: (piece) => (text += piece), getOutHelpWidth: () => 80 })
  command.outputHelp()
  return text
}

test('help fits a terminal of 80 columns', () => {
  const commands = [...allCommands(program())]
  expect(commands.length).toBeGreaterThan(30)
  const wide = commands.flatMap((one) => helpOf(one).split('\n')).filter((line) => line.length > 80)
  expect(wide).toEqual([])
})
