import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { AppError } from '../../common/errors/index.js';
import type { ByteRange } from '../../engine/ports/index.js';
import { patientRead } from './patient-read.js';

const CONTENT = Buffer.from('abcdefghijklmnopqrstuvwxyz');
const problem = (code: string): AppError => new AppError({ code, kind: 'internal', message: 'It is so.' });
const away = problem('MASTER_UNREACHABLE');

/** A master that gives so many bytes each time and then breaks; null = it is away at once. */
function master(...breaks: (number | null)[]): { asked: unknown[]; open: (range?: ByteRange) => Promise<Readable> } {
  const asked: unknown[] = [];
  const open = async (range?: ByteRange): Promise<Readable> => {
    asked.push(range ?? null);
    const next = breaks.shift();
    if (next === null) throw away;
    const at: number | undefined = next;
    const { offset = 0, length = CONTENT.length - offset } = range ?? {};
    const bytes = CONTENT.subarray(offset, offset + length);
    async function* some(): AsyncGenerator<Buffer> {
      if (at !== 0) yield await Promise.resolve(bytes.subarray(0, at));
      if (at !== undefined) throw away;
    }
    return Readable.from(some(), { objectMode: false });
  };
  return { asked, open };
}
const refused = (): Promise<Readable> => Promise.reject(problem('NODE_KEY_FORBIDDEN'));
const gone = (): Promise<Readable> => Promise.reject(away);
const text = async (bytes: Promise<Readable>): Promise<string> => (await buffer(await bytes)).toString();

it('what is missing is asked for again when the master is back', async () => {
  const { asked, open } = master(null, 3, null, 4);
  expect(await text(patientRead(open, undefined, { patienceMs: 5000 }))).toBe(CONTENT.toString());
  expect(asked).toEqual([null, null, { offset: 3 }, { offset: 3 }, { offset: 7 }]);
});

it('of a range, too', async () => {
  const { asked, open } = master(2);
  expect(await text(patientRead(open, { offset: 5, length: 6 }, { patienceMs: 5000 }))).toBe('fghijk');
  expect(asked).toEqual([
    { offset: 5, length: 6 },
    { offset: 7, length: 4 },
  ]);
});

it('a refusal is told at once, a master that stays away after the time, and a cancel ends the waiting', async () => {
  await expect(patientRead(refused, undefined, { patienceMs: 60_000 })).rejects.toMatchObject({
    code: 'NODE_KEY_FORBIDDEN',
  });
  await expect(patientRead(gone, undefined, { patienceMs: 0 })).rejects.toBe(away);
  const stop = new AbortController();
  const waiting = patientRead(gone, undefined, { patienceMs: 60_000, signal: stop.signal });
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
});

it('a master that answers and gives nothing is waited for no longer than one that is away', async () => {
  const { asked, open } = master(3, ...Array.from({ length: 100 }, () => 0));
  await expect(text(patientRead(open, undefined, { patienceMs: 600 }))).rejects.toBe(away);
  expect(asked.length).toBeGreaterThan(2);
  expect(asked.length).toBeLessThan(9);
});

it('whoever goes away ends what is open', async () => {
  const body = Readable.from([CONTENT, CONTENT]);
  const bytes = await patientRead(() => Promise.resolve(body), undefined, { patienceMs: 0 });
  bytes.destroy();
  await expect.poll(() => body.destroyed).toBe(true);
});
