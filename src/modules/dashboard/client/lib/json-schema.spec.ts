import { describe, expect, it } from 'vitest';
import { changesOf, faultsOf, fieldsOf } from './json-schema.ts';

const SCHEMA = {
  type: 'object',
  required: ['bucket', 'key'],
  properties: {
    bucket: { type: 'string', title: 'Bucket', pattern: '^[a-z]{3,}$', examples: ['my-bucket'] },
    key: { type: 'string', minLength: 4 },
    caPem: { type: 'string', description: 'the same as text', maxLength: 100_000 },
    pathStyle: { type: 'boolean' },
    database: { type: 'boolean', default: true },
    level: { type: 'integer', minimum: 1, maximum: 19, default: 3 },
    mode: { type: 'string', enum: ['off', 'on'], default: 'off' },
    extraPaths: { type: 'array', items: { type: 'string', pattern: '^/' } },
    lock: { type: 'object', required: ['days'], properties: { days: { type: 'integer', minimum: 1 } } },
    odd: { anyOf: [] },
  },
};
const fields = fieldsOf(SCHEMA, ['key']);

describe('fieldsOf', () => {
  it('knows a kind for each setting', () => {
    expect(fields.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'bucket text',
      'key secret',
      'caPem text-lines',
      'pathStyle maybe',
      'database boolean',
      'level number',
      'mode choice',
      'extraPaths list',
      'lock group',
      'odd other',
    ]);
  });

  it('makes labels and sentences', () => {
    expect(fields.map(({ label }) => label)).toContain('Extra paths');
    expect(fields[2]?.hint).toBe('The same as text.');
    expect(fields[0]).toMatchObject({ label: 'Bucket', required: true, example: 'my-bucket' });
  });
});

describe('faultsOf', () => {
  it('finds what is missing and what does not fit, also in groups and lists', () => {
    const faults = faultsOf(fields, { bucket: 'A', level: 20, extraPaths: ['/a', 'b'], lock: { days: 0 } });
    expect([...faults.keys()]).toEqual(['bucket', 'key', 'level', 'extraPaths', 'lock.days']);
    expect(faults.get('level')).toBe('From 1 to 19.');
    expect(faults.get('extraPaths')).toContain('“b”');
  });

  it('takes a secret that the server has', () => {
    expect(faultsOf(fields, { bucket: 'abc', key: '***' }).size).toBe(0);
  });
});

describe('changesOf', () => {
  it('names what differs, null for what is gone, and no secret that stays', () => {
    expect(changesOf({ a: 1, b: [1], c: 'x', d: 1 }, { a: 2, b: [1], d: 1, key: '***', e: true })).toEqual({
      a: 2,
      c: null,
      e: true,
    });
  });
});
