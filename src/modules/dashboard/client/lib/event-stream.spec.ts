import { describe, expect, it } from 'vitest';
import { EventStreamParser } from './event-stream.ts';

describe('event stream', () => {
  it('gives events however they were cut', () => {
    const parser = new EventStreamParser();
    const text = 'retry: 2000\n\nid: 1\nevent: job.note\ndata: {"a":1}\n\nid: 2\ndata: x\ndata: y\n\nid: 3';
    const found = text.split('').flatMap((letter) => parser.push(letter));
    expect(found).toEqual([
      { id: '1', type: 'job.note', data: '{"a":1}' },
      { id: '2', type: 'message', data: 'x\ny' },
    ]);
  });
});
