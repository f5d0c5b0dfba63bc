/** Warns of files that are longer than a reader holds in mind, and says why that matters. */
export const fileLength = {
  meta: {
    type: 'suggestion',
    schema: [{ type: 'object', properties: { max: { type: 'integer' } }, additionalProperties: false }],
    messages: {
      long: '{{lines}} lines: above {{max}} a file holds more than one thing. Split it by what its parts are about, or begin it with a comment that says “one file because …”.',
    },
  },
  create(context) {
    const { max } = context.options[0]
    return {
      'Program:exit'(program) {
        const lines = context.sourceCode.lines.length
        const reasoned = /one file because/i.test(context.sourceCode.getAllComments()[0]?.value ?? '')
        if (lines > max && !reasoned)
          context.report({ node: program, messageId: 'long', data: { lines, max } })
      },
    }
  },
}
