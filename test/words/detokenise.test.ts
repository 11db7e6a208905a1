import test from 'ava';

import { detokenise } from '../../daemon/words/detokenise.js';

const special = { pad: 0, start: 1, end: 2, unknown: 3, size: 8 };
const vocabulary = ['<pad>', '<start>', '<end>', '<unknown>', 'a', 'dog', 'barks', ''];

const cases: Record<string, { tokens: number[]; text: string }> = {
  'Words are joined by spaces and begin with a capital': { tokens: [4, 5, 6], text: 'A dog barks' },
  'Nothing is said from the end token on': { tokens: [5, 6, 2, 4], text: 'Dog barks' },
  'Special tokens and empty words are left out': { tokens: [1, 3, 4, 0, 3, 7, 5, 2], text: 'A dog' },
  'An end at once says nothing': { tokens: [2], text: '' },
};

for (const [title, { tokens, text }] of Object.entries(cases)) {
  test(title, (t) => {
    t.is(detokenise(tokens, vocabulary, special), text);
  });
}
