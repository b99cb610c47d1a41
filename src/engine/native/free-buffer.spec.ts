import { describe, expect, it } from 'vitest';
import { freeBuffer } from './free-buffer.js';

describe('freeBuffer', () => {
  it('takes the memory of a large buffer and of all views of it', () => {
    const whole = Buffer.allocUnsafeSlow(1_000_000);
    const part = whole.subarray(10, 20);
    freeBuffer(part);
    expect([whole.length, part.length]).toEqual([0, 0]);
    freeBuffer(part);
  });

  it('leaves alone what others may use: the pool of small buffers, and shared memory', () => {
    const pooled = Buffer.allocUnsafe(100);
    const shared = Buffer.from(new SharedArrayBuffer(1_000_000));
    for (const bytes of [pooled, shared]) freeBuffer(bytes);
    expect([pooled.length, shared.length]).toEqual([100, 1_000_000]);
  });
});
