/** Warns of files that are longer than a reader holds in mind, and says why that matters. */
export const fileLength = {
  meta: {
    type: 'suggestion',
    schema: [{ type: 'object', properties: { max: { type: 'integer' } }, additionalProperties: false }],
    messages: {
      long: '{{lines}} lines: above {{max}} a file holds more than one thing. Split it by what its parts are about, or say in its first lines why they belong together.',
    },
  },
  create(context) {
    const { max } = context.options[0]
    return {
      'Program:exit'(program) {
        const lines = context.sourceCode.lines.length
        if (lines > max) context.report({ node: program, messageId: 'long', data: { lines, max } })
      },
    }
  },
}
