import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { OpenRequests } from './open-requests.js';

it('a long poll whose key is looked up again and again is listened to once', () => {
  // Neither is used to enter an answer.
  const open: OpenRequests = Reflect.construct(OpenRequests, [null, null]);
  const answer = Object.assign(new EventEmitter(), { destroy: () => undefined });
  for (let at = 1; at <= 50; at++) expect(open.enter('node', answer, at)).toBe(true);
  expect(answer.listenerCount('close')).toBe(1);
});
