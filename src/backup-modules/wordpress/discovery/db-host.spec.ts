import { describe, expect, it } from 'vitest';
import { parseDbHost } from './db-host.js';

describe('parseDbHost (case 7)', () => {
  it.each<[string, ReturnType<typeof parseDbHost>]>([
    ['localhost', { host: null, port: null, socketPath: null }],
    ['', { host: null, port: null, socketPath: null }],
    ['127.0.0.1', { host: '127.0.0.1', port: null, socketPath: null }],
    ['db.example:3307', { host: 'db.example', port: 3307, socketPath: null }],
    ['p:db.example:3307', { host: 'db.example', port: 3307, socketPath: null }],
    ['localhost:3307', { host: null, port: null, socketPath: null }],
    ['localhost:/run/mysqld/mysqld.sock', { host: null, port: null, socketPath: '/run/mysqld/mysqld.sock' }],
    [':/tmp/m.sock', { host: null, port: null, socketPath: '/tmp/m.sock' }],
    ['/tmp/m.sock', { host: null, port: null, socketPath: null }],
    ['[::1]:3306', { host: '::1', port: 3306, socketPath: null }],
    ['[::1]', { host: '::1', port: null, socketPath: null }],
    ['2001:db8::7', { host: '2001:db8::7', port: null, socketPath: null }],
    ['[::1]:/tmp/m.sock', { host: '::1', port: null, socketPath: null }],
    ['db.example:0', { host: 'db.example', port: null, socketPath: null }],
    ['db.example:99999', null],
    ['::not-hex', { host: '::', port: null, socketPath: null }],
    ['zz:yy:xx', null],
  ])('%s', (value, expected) => expect(parseDbHost(value)).toEqual(expected));
});
