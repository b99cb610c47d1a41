import { afterEach, expect, it } from 'vitest';
import { AppError } from '../../common/errors/index.js';
import { answering, endServers, type SeenRequest, serve } from '../../common/http/tiny-server.spec-support.js';
import { MasterClient, SignedClient } from '../node-link/index.js';
import { RunLink } from './run-link.js';

const opened: { close: () => void }[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each.close();
  endServers();
});

it.each(['ask', 'put', 'read'] as const)(
  'says that the run is lost before whoever asked hears of it, and says so of nothing else (%s)',
  async (how) => {
    const seen: SeenRequest[] = [];
    let code = 'NODE_STORAGE_FORBIDDEN';
    const { port } = await serve(
      answering(seen, () => {
        throw new AppError({ code, kind: 'conflict', message: 'It is so.', retry: 'never' });
      }),
    );
    const place = { url: `http://127.0.0.1:${port}`, ca: null, fingerprint: null, allowHttp: true };
    const master = new MasterClient(place, () => 'bkn_key');
    const storage = new SignedClient();
    opened.push(master, storage);
    let lost = 0;
    const link = new RunLink(master, storage, 'run-1', () => (lost += 1));
    const access = { url: null, headers: {}, method: 'GET', expiresInSeconds: 1, ca: null } as const;
    const call = async (): Promise<unknown> => {
      try {
        if (how === 'read') return await link.read(access, { providerId: 'p', key: 'k' });
        return await (how === 'ask' ? link.ask('stat', {}) : link.put('parts', Buffer.from('x')));
      } catch (error) {
        return [error instanceof AppError && error.code, lost];
      }
    };
    expect(await call()).toEqual(['NODE_STORAGE_FORBIDDEN', 0]);
    code = 'JOB_LOST';
    expect(await call()).toEqual(['JOB_LOST', 1]);
  },
);
