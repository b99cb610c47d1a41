import { expect, it } from 'vitest';
import { passingError } from './passing-error.js';

const thrown = (message: string, code?: string): Error => Object.assign(new Error(message), { code });

it.each([
  ['Connection terminated unexpectedly', undefined],
  ['timeout exceeded when trying to connect', undefined],
  ['connect ECONNREFUSED /run/postgresql/.s.PGSQL.5432', 'ECONNREFUSED'],
  ['terminating connection due to administrator command', '57P01'],
  ['could not serialize access', '40001'],
  ['sorry, too many clients already', '53300'],
])('what may pass is tried later: %s', (message, code) => {
  expect(passingError(thrown(message, code))).toMatchObject({ code: 'CATALOGUE_AWAY', retry: 'later' });
});

it.each([
  ['duplicate key value', '23505'],
  ['syntax error', '42601'],
  ['permission denied', '42501'],
  ['x is not a function', undefined],
  ['No such file or directory', 'EACCES'],
])('a fault is none of it: %s', (message, code) => {
  const error = thrown(message, code);
  expect(passingError(error)).toBe(error);
});
