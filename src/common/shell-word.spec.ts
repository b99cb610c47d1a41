import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { shellWord } from './shell-word.js';

it('leaves plain words as they are', () => {
  expect(shellWord('/var/www/shop.example-1')).toBe('/var/www/shop.example-1');
});

it.each(['/www/a b', '/www/$(id);x', "/www/it's", '/www/a\nb', '', '/www/`id`"'])(
  '%j is one word to a shell',
  (text) => {
    expect(execFileSync('sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' })).toBe(text);
  },
);
