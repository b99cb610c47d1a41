import { describe, expect, it } from 'vitest';
import { bodyOf, formOf } from './hook-form.ts';

describe('bodyOf', () => {
  it('makes arguments of lines', () => {
    const body = bodyOf({ ...formOf(null), name: ' flush ', command: 'wp\ncache\nflush all\n' });
    expect(body).toMatchObject({ name: 'flush', command: ['wp', 'cache', 'flush all'], siteId: null, label: null });
    expect(body).not.toHaveProperty('url');
  });

  it('makes headers of lines, and keeps what is left empty', () => {
    const form = { ...formOf(null), kind: 'request' as const, headers: 'X-Key: a:b\nnonsense' };
    expect(bodyOf(form)).toMatchObject({ method: 'POST', headers: { 'X-Key': 'a:b' } });
    expect(bodyOf({ ...form, headers: '' })).not.toHaveProperty('headers');
  });
});
