import { afterEach, expect, it } from 'vitest';
import { AppError } from '../../common/errors/index.js';
import { version } from '../../common/version.js';
import type { CollectAnswer } from '../node-protocol/index.js';
import { joinMaster, type JoinOptions } from './join.js';
import type { NodeIdentity } from './node-identity.js';
import { answering, endServers, type SeenRequest, serve } from '../../common/http/tiny-server.spec-support.js';

let seen: SeenRequest[] = [];
afterEach(() => {
  endServers();
  seen = [];
});

const approved: CollectAnswer = { status: 'approved', nodeId: 'n1', name: 'web-1', key: 'bkn_new' };

/** Joins a master that answers the questions one after the other; an error is thrown. */
async function join(
  answers: (CollectAnswer | Error)[],
  { code = null, ...options }: Partial<JoinOptions> & { code?: string | null } = {},
): Promise<{ identity: NodeIdentity; url: string; codes: string[] }> {
  const { port } = await serve(
    answering(seen, ({ path }) => {
      if (path === '/node/join-requests') return { requestId: 'r/1', code, expiresInSeconds: 60 };
      const next = answers.shift();
      if (next instanceof Error) throw next;
      return next;
    }),
  );
  const codes: string[] = [];
  const url = `http://127.0.0.1:${port}`;
  const place = { url, ca: null, fingerprint: null, allowHttp: false };
  const signal = new AbortController().signal;
  const onCode = (text: string): unknown => codes.push(text);
  const identity = await joinMaster(place, { signal, onCode, everyMs: 1, ...options });
  return { identity, url, codes };
}

it('with a token it has the key at once, over its own secret, and shows no key of its own', async () => {
  const { identity, url, codes } = await join([approved], { token: 'bkj_once', name: 'web-1' });
  const master = { url, ca: null, fingerprint: null, allowHttp: false };
  expect(identity).toEqual({ master, nodeId: 'n1', name: 'web-1', key: 'bkn_new' });
  expect(codes).toEqual([]);
  const [asked, collected] = seen.map(({ body }) => JSON.parse(body.toString()) as Record<string, string>);
  expect(asked).toMatchObject({ token: 'bkj_once', name: 'web-1', version });
  expect(asked?.['secret']).toMatch(/^[\w-]{43}$/);
  expect(collected).toEqual({ secret: asked?.['secret'] });
  expect(seen[1]?.path).toBe('/node/join-requests/r%2F1/collect');
  expect(seen.every(({ headers }) => headers.authorization === undefined)).toBe(true);
});

it('without one it shows the code and waits, also while the master is away or busy', async () => {
  const away = new AppError({ code: 'CATALOGUE_AWAY', kind: 'precondition', message: 'away' });
  const busy = new AppError({
    code: 'TOO_MANY_REQUESTS',
    kind: 'too-many',
    message: 'busy',
    context: { retryAfterSeconds: 0.001 },
  });
  const { identity, codes } = await join([{ status: 'waiting' }, away, busy, { status: 'waiting' }, approved], {
    code: 'ABCD-EFGH',
  });
  expect(codes).toEqual(['ABCD-EFGH']);
  expect(identity.key).toBe('bkn_new');
  expect(seen).toHaveLength(6);
});

it.each([
  [[{ status: 'waiting' }, { status: 'refused' }] as CollectAnswer[], 'NODE_JOIN_REFUSED'],
  [[{ status: 'expired' }] as CollectAnswer[], 'NODE_JOIN_EXPIRED'],
  [[{ status: 'approved' }] as CollectAnswer[], 'MASTER_ANSWER_UNKNOWN'],
])('%j is %s', async (answers, code) => {
  await expect(join([...answers])).rejects.toMatchObject({ code });
});

it('a token that is refused is told as the master tells it', async () => {
  const invalid = new AppError({
    code: 'NODE_TOKEN_INVALID',
    kind: 'unauthenticated',
    message: 'Used.',
    hint: 'Another.',
  });
  const { port } = await serve(answering(seen, () => Promise.reject(invalid)));
  const place = { url: `http://127.0.0.1:${port}`, ca: null, fingerprint: null, allowHttp: false };
  const options: JoinOptions = { signal: new AbortController().signal, onCode: () => undefined, token: 'bkj_used' };
  await expect(joinMaster(place, options)).rejects.toMatchObject({ code: 'NODE_TOKEN_INVALID', message: 'Used.' });
});

it('a person may end the waiting', async () => {
  const stop = new AbortController();
  const waiting = Array.from({ length: 1000 }, (): CollectAnswer => ({ status: 'waiting' }));
  await expect(
    join(waiting, { code: 'X', everyMs: 60_000, signal: stop.signal, onCode: () => stop.abort() }),
  ).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
});
