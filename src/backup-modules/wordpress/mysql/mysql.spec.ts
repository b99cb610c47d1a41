import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requires, useTempFolder } from '../../../engine/testing/index.js';
import {
  connect,
  errorNumberIn,
  escapeLike,
  findClients,
  findDefaultSocket,
  optionFileContent,
  optionsInHelp,
  parseVersion,
  quoteIdentifier,
  quoteString,
  readIdentifier,
  requireDumpClient,
  resolveEndpoint,
  translateClientText,
  versionAtLeast,
  withOptionFile,
} from './index.js';

const folder = useTempFolder('mysql');
const credentials = { host: 'db.example.org', port: 3307, socketPath: null, user: 'u', password: 'p', database: 'd' };
const target = { server: 's', user: 'u', database: 'd' };

async function socketAt(path: string): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return server;
}

describe('the endpoint', () => {
  it('is the socket for localhost without a port, and TCP for all else', async () => {
    const path = folder('s.sock');
    const server = await socketAt(path);
    writeFileSync(folder('file.sock'), '');
    const candidates = [folder('none'), folder('file.sock'), path];
    expect(findDefaultSocket(candidates)).toBe(path);
    expect(resolveEndpoint({ ...credentials, host: null, port: null }, candidates)).toEqual({ socketPath: path });
    expect(resolveEndpoint({ ...credentials, host: 'localhost', port: null }, candidates)).toEqual({
      socketPath: path,
    });
    expect(resolveEndpoint({ ...credentials, host: 'localhost' }, candidates)).toEqual({
      host: 'localhost',
      port: 3307,
    });
    expect(resolveEndpoint({ ...credentials, port: null })).toEqual({ host: 'db.example.org', port: 3306 });
    expect(resolveEndpoint({ ...credentials, socketPath: '/x' })).toEqual({ socketPath: '/x' });
    server.close();
  });

  it('that nobody listens on is unreachable, with a hint', async () => {
    expect(() => resolveEndpoint({ ...credentials, host: null }, [folder('none')])).toThrow(/none of the usual places/);
    const nobody = { ...credentials, host: null, socketPath: folder('none') };
    await expect(connect(nobody)).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE', retry: 'later' });
  });

  it('that accepts and stays silent is given up', async () => {
    const server = await socketAt(folder('mute.sock'));
    const mute = { ...credentials, host: null, socketPath: folder('mute.sock') };
    await expect(connect(mute, { connectTimeoutMs: 200 })).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
    server.close();
  });
});

describe('quoting', () => {
  it('keeps names and text what they are', () => {
    expect(quoteIdentifier('a`b\n')).toBe('`a``b\n`');
    expect(() => quoteIdentifier('a\0')).toThrow(RangeError);
    expect(quoteString(`a'b"\\\0\n\r\u001A%`)).toBe(String.raw`'a\'b\"\\\0\n\r\Z%'`);
    expect(escapeLike(String.raw`wp_%\x`)).toBe(String.raw`wp\_\%\\x`);
    expect(readIdentifier('`a``b` (x')).toEqual({ name: 'a`b', length: 6 });
    expect(readIdentifier('"a""b" x')).toEqual({ name: 'a"b', length: 6 });
    expect(readIdentifier('name(')).toEqual({ name: 'name', length: 4 });
    expect(readIdentifier('`open')).toBeNull();
  });
});

describe('an option file', () => {
  const print = 'my_print_defaults';

  it.runIf(requires('my_print_defaults'))("is read back exactly by MariaDB's own parser", () => {
    const byte = fc.oneof(fc.integer({ min: 1, max: 255 }), fc.constantFrom(...Buffer.from(`#"'\\ \n\r\t\b=[];!ns`)));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 40 }), (bytes) => {
        const value = Buffer.from(bytes);
        writeFileSync(
          folder('my.cnf'),
          optionFileContent([
            ['password', value],
            ['user', 'next'],
          ]),
          { mode: 0o600 },
        );
        const out = execFileSync(print, [`--defaults-file=${folder('my.cnf')}`, 'client']);
        expect(out).toEqual(Buffer.concat([Buffer.from('--password='), value, Buffer.from('\n--user=next\n')]));
      }),
      { numRuns: 60 },
    );
  });

  it('cannot hold every password, and says so', () => {
    for (const password of ['a\0b', 'x'.repeat(5000)]) {
      expect(() => optionFileContent([['password', password]])).toThrow(
        expect.objectContaining({ code: 'DATABASE_PASSWORD_UNUSABLE' }) as Error,
      );
    }
  });

  it('has no name while it is used', async () => {
    await withOptionFile(credentials, folder(), async (file) => {
      expect(readdirSync(folder())).toEqual([]);
      const read = spawnSync('cat', ['/dev/fd/3'], { stdio: ['ignore', 'pipe', 'inherit', file.fd] });
      expect(read.stdout.toString()).toContain('password="p"');
      expect(JSON.stringify(file)).not.toContain('"p"');
    });
  });
});

describe('client programs', () => {
  it('are found with vendor, version and options; broken ones are not', async () => {
    const script = (name: string, version: string, inHelp = ''): void => {
      const help = inHelp + '  --hex-blob          Dump.\n  -a, --create-options \n                      --not-this\n';
      writeFileSync(folder(name), `#!/bin/sh\ncase $2 in --version) echo '${version}';; *) printf '${help}';; esac\n`);
      chmodSync(folder(name), 0o755);
    };
    script('mysqldump', 'mysqldump  Ver 8.0.36-0ubuntu0.22.04.1 for Linux on x86_64 ((Ubuntu))');
    const mariadb = 'mariadb-dump from 11.4.2-MariaDB, client 10.19 for debian-linux-gnu (x86_64)';
    script('mariadb-dump', mariadb, `${mariadb}\n`);
    const clients = await findClients(`relative:${folder()}:/nonexistent`);
    expect(clients.dump).toMatchObject([
      { path: folder('mariadb-dump'), vendor: 'mariadb', versionNumbers: [11, 4, 2] },
      { path: folder('mysqldump'), vendor: 'mysql', versionNumbers: [8, 0, 36] },
    ]);
    expect([...(clients.dump[0]?.options ?? [])]).toEqual(['hex-blob', 'create-options']);
    expect(requireDumpClient(clients, 'mysql').vendor).toBe('mysql');
    expect(() => requireDumpClient({ dump: [] }, 'mysql')).toThrow(/installed/);
    // An update is seen, and one that broke it.
    script('mysqldump', 'mysqldump  Ver 8.4.2 for Linux on x86_64 (MySQL Community Server - GPL)');
    writeFileSync(folder('mariadb-dump'), '#!/bin/sh\nexit 1\n');
    const later = await findClients(folder());
    expect(later.dump).toMatchObject([{ path: folder('mysqldump'), versionNumbers: [8, 4, 2] }]);
  });

  it('are started once, not for each backup', async () => {
    const program = `#!/bin/sh\necho x >>${folder('asked')}\necho 'mariadb-dump  Ver 10.19 Distrib 10.11.19-MariaDB, for x'\n`;
    writeFileSync(folder('mariadb-dump'), program, { mode: 0o755 });
    symlinkSync('mariadb-dump', folder('mysqldump'));
    const asks = [findClients(folder()), findClients(folder())];
    const [first] = await Promise.all(asks);
    expect(first?.dump.map(({ path }) => path)).toEqual([folder('mariadb-dump'), folder('mysqldump')]);
    await findClients(folder());
    expect(readFileSync(folder('asked'), 'utf8')).toBe('x\n');
  });

  it('tell their options in their help', () => {
    expect([...optionsInHelp('  -y, --no-tablespaces \n  --set-gtid-purged[=name] \nother --x')]).toEqual([
      'no-tablespaces',
      'set-gtid-purged',
    ]);
  });

  it.each([
    ['mariadb-dump: Got error: 1045: "Access denied for user" when trying to connect', 'DATABASE_LOGIN_REFUSED'],
    ["mysqldump: Couldn't execute 'SHOW VIEW': SHOW VIEW command denied to user (1142)", 'DATABASE_DENIED'],
    [
      'mysqldump: Error 2013: Lost connection to server during query when dumping table `x` at row: 5',
      'DATABASE_UNREACHABLE',
    ],
    ["mysqldump: Error 1194: Table 'x' is marked as crashed and should be repaired", 'DATABASE_TABLE_CRASHED'],
  ])('%s', (text, code) => {
    expect(translateClientText(text, target)).toMatchObject({ code });
  });

  it('say nothing known otherwise', () => {
    expect(translateClientText('out of memory (needed 12 bytes)', target)).toBeNull();
    expect(errorNumberIn("Couldn't execute 'x': gone (1146)")).toBe(1146);
  });
});

describe('versions', () => {
  it('are compared number by number', () => {
    expect(parseVersion('5.5.5-10.11.19-MariaDB-0+deb12u1')).toEqual([10, 11, 19]);
    expect(parseVersion('5.5.5')).toEqual([5, 5, 5]);
    expect(parseVersion('8.0.36-28')).toEqual([8, 0, 36]);
    expect(versionAtLeast([10, 11, 19], [10, 11, 0])).toBe(true);
    expect(versionAtLeast([10, 6, 18], [10, 11])).toBe(false);
  });
});
