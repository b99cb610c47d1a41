import { describe, expect, it } from 'vitest';
import { Semaphore } from './semaphore.js';

/** Lets everything that can go on, go on. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Semaphore', () => {
  it('lets in as many as fit, the others in the order they came', async () => {
    const semaphore = new Semaphore(2);
    const order: string[] = [];
    const enter = async (name: string): Promise<() => void> => {
      const release = await semaphore.acquire();
      order.push(name);
      return release;
    };
    const [a, b] = [await enter('a'), await enter('b')];
    const c = enter('c');
    const d = enter('d');
    await settle();
    expect(order).toEqual(['a', 'b']);
    expect([semaphore.inUse, semaphore.waiting]).toEqual([2, 2]);
    b();
    (await c)();
    (await d)();
    a();
    expect(order).toEqual(['a', 'b', 'c', 'd']);
    expect([semaphore.inUse, semaphore.waiting]).toEqual([0, 0]);
  });

  it('does not let small requests pass a big one that waits', async () => {
    const semaphore = new Semaphore(2);
    const order: string[] = [];
    const first = await semaphore.acquire();
    const big = semaphore.acquire(2).then((release) => (order.push('big'), release));
    const small = semaphore.acquire(1).then((release) => (order.push('small'), release));
    await settle();
    expect(order).toEqual([]);
    first();
    (await big)();
    (await small)();
    expect(order).toEqual(['big', 'small']);
  });

  it('gives all there is to who asks for more', async () => {
    const semaphore = new Semaphore(2);
    const release = await semaphore.acquire(99);
    expect(semaphore.inUse).toBe(2);
    release();
    expect(semaphore.inUse).toBe(0);
  });

  it('an abort while waiting throws JOB_CANCELLED and frees the place in the queue', async () => {
    const semaphore = new Semaphore(2);
    const first = await semaphore.acquire();
    const abort = new AbortController();
    const big = semaphore.acquire(2, abort.signal);
    const small = semaphore.acquire(1);
    abort.abort();
    await expect(big).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
    // It stood behind the big one, and fits.
    const release = await small;
    expect([semaphore.inUse, semaphore.waiting]).toEqual([2, 0]);
    release();
    first();
    await expect(semaphore.acquire(1, abort.signal)).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
    expect(semaphore.inUse).toBe(0);
  });

  it('counts a double release once', async () => {
    const semaphore = new Semaphore(1);
    const release = await semaphore.acquire();
    release();
    release();
    expect(semaphore.inUse).toBe(0);
  });
});
