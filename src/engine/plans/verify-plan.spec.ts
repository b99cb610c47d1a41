import { expect, it } from 'vitest';
import { verdict } from './verify-plan.js';

it.each([
  ['full', 3, 3, 'Every byte of 3 copies was read and is right.'],
  ['full', 1, 1, 'Every byte of 1 copy was read and is right.'],
  ['full', 1, 3, '1 of 3 copies was read and is right.'],
  ['full', 2, 3, '2 of 3 copies were read and are right.'],
  ['quick', 3, 3, 'All objects of 3 copies are there with their size. No byte was read: a full verify does that.'],
  ['quick', 1, 2, 'All objects of 1 of 2 copies are there with their size. No byte was read: a full verify does that.'],
] as const)('%s, %i of %i: %s', (level, whole, all, text) => expect(verdict(level, whole, all)).toBe(text));
