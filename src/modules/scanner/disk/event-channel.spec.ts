import { describe, expect, it } from 'vitest';
import { EventChannel } from './event-channel.js';

async function all<T>(events: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const event of events) found.push(event);
  return found;
}

describe('EventChannel', () => {
  it('hands events over in order, as they come', async () => {
    const channel = new EventChannel<number>();
    const read = all(channel.events());
    for (let i = 0; i < 1000; i += 1) {
      channel.push(i);
      if (i % 100 === 0) await channel.room();
    }
    channel.end();
    expect(await read).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  });

  it('makes the producer wait for a slow consumer', async () => {
    const channel = new EventChannel<number>(2);
    channel.push(1);
    channel.push(2);
    let isRoom = false;
    const waiting = channel.room().then(() => (isRoom = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isRoom).toBe(false);
    const events = channel.events();
    expect((await events.next()).value).toBe(1);
    await waiting;
    expect(isRoom).toBe(true);
    await events.return(undefined);
  });

  it('frees the producer when the consumer stops', async () => {
    const channel = new EventChannel<number>(1);
    channel.push(1);
    const events = channel.events();
    await events.next();
    channel.push(2);
    const waiting = channel.room();
    await events.return(undefined);
    await waiting;
  });

  it('gives the failure after the last event', async () => {
    const channel = new EventChannel<number>();
    channel.push(1);
    channel.end({ error: new Error('broken') });
    const events = channel.events();
    expect((await events.next()).value).toBe(1);
    await expect(events.next()).rejects.toThrow('broken');
  });
});
