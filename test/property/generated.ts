import fc from 'fast-check';
import { type Mutation, turnOf, valued } from './mutations.ts';

/** What nobody thought of: as many texts and JSON values of fast-check, the same for the same seed. */
export function generated(seed: number, numRuns: number): Mutation {
  const texts = fc.sample(fc.string({ unit: 'binary', maxLength: 400 }), { seed, numRuns });
  const values = fc.sample(fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }), { seed, numRuns });
  return {
    name: 'generated',
    of: ['path', 'query', 'form', 'json'],
    apply(message, place, name, turn) {
      const drawn = turnOf<unknown>(place === 'json' ? values : texts, turn);
      // Behind a letter: nothing, and dots alone, would make another path.
      const mutated = valued(message, place, name, place === 'path' ? `x${drawn}` : drawn);
      if (mutated.value === null || (mutated.value === '' && place !== 'json'))
        return { ...mutated, effect: 'missing' };
      if (isStorable(mutated.value)) return mutated;
      return { ...mutated, effect: place === 'path' ? 'nowhere' : 'unreadable' };
    },
  };
}

/** No NUL and no half of a surrogate pair, which are refused wherever they stand. Half a pair never gets into a URL. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return !value.includes('\0');
  let isSound = true;
  JSON.stringify(value, (key, member) => {
    if ([key, member].some((text) => typeof text === 'string' && (text.includes('\0') || !text.isWellFormed())))
      isSound = false;
    return member;
  });
  return isSound;
}
