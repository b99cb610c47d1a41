import { open } from 'node:fs/promises';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { passingError } from './passing-error.js';

const thrown = (message: string, code?: string): Error => Object.assign(new Error(message), { code });

it.each([
  ['Connection terminated unexpectedly', undefined],
  ['timeout exceeded when trying to connect', undefined],
  ['connect ECONNREFUSED /run/postgresql/.s.PGSQL.5432', 'ECONNREFUSED'],
  ['connect EHOSTUNREACH 10.0.0.7:5432', 'EHOSTUNREACH'],
  ['terminating connection due to administrator command', '57P01'],
  ['connection failure', '08006'],
  ['canceling statement due to lock timeout', '55P03'],
  ['could not read block', '58030'],
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

it('a socket that is not there may come; a file that is not there is a fault of something else', async () => {
  const socket = await new Promise<Error>((resolve) => {
    connect('/nowhere/.s.PGSQL.5432').once('error', resolve);
  });
  expect(passingError(socket)).toMatchObject({ code: 'CATALOGUE_AWAY' });
  const file: unknown = await open('/nowhere/file').catch((error: unknown) => error);
  expect(passingError(file)).toBe(file);
});
