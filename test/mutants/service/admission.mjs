import { mutantsOf } from '../mutants-of.mjs'

export default [
  ...mutantsOf(
    'libs/service/src/admission/places.ts',
    ['libs/service/src/admission/places.test'],
    [
      {
        id: 'line-without-end',
        law: 9,
        from: 'if (taken.line.size >= waiting)',
        to: 'if (taken.line.size > 1e9 + waiting)',
        meaning: 'one caller fills the memory with calls that wait',
      },
      {
        id: 'place-not-handed-on',
        law: 9,
        from: 'if (next) return next()',
        to: 'if (next) next()',
        meaning: 'places are counted as free that are taken: more calls run than may',
      },
      {
        id: 'ended-call-stays-in-line',
        law: 9,
        from: "signal.addEventListener('abort', giveUp, { once: true })",
        to: '',
        meaning: 'calls that have gone keep the others of their caller waiting',
      },
      {
        id: 'callers-never-forgotten',
        law: 9,
        from: 'if (taken.running === 0) this.#taken.delete(key)',
        to: '',
        meaning: 'every caller that ever was costs memory',
      },
    ],
  ),
  ...mutantsOf(
    'libs/service/src/admission/admit-calls.ts',
    ['services/storage/test/admission'],
    [
      {
        id: 'place-left-before-the-work',
        law: 9,
        from: '    place.hasBegun = true\n',
        to: '',
        meaning: 'a caller has as many calls work as it likes, when it cancels each',
      },
      {
        id: 'unused-place-kept',
        law: 9,
        from: 'if (ended.aborted) leaveUnused()',
        to: 'if (ended.aborted || ended.aborted === false) return id',
        meaning: 'calls that never send their request lock their caller out for good',
      },
      {
        id: 'place-never-left',
        law: 9,
        from: '    } finally {\n      place.leave()',
        to: '    } finally {\n      place.hasBegun = true',
        meaning: 'after a few calls a caller is refused for good',
      },
    ],
  ),
]
