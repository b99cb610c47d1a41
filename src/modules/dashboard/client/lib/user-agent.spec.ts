import { describe, expect, it } from 'vitest';
import { browserOf } from './user-agent.ts';

describe('browserOf', () => {
  it('names browser and system', () => {
    expect(
      [
        'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0',
        'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1',
        'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0',
        'Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
      ].map(browserOf),
    ).toEqual(['Firefox on Windows', 'Safari on iPhone', 'Edge on Windows', 'Chrome on Android']);
  });

  it('tells other programs by their name', () => {
    expect([browserOf('curl/8.5.0'), browserOf(''), browserOf(null)]).toEqual([
      'curl',
      'Unknown program',
      'Unknown program',
    ]);
  });
});
