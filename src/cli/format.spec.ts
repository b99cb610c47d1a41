import { describe, expect, it } from 'vitest';
import { bytes, count, duration, limit, parseSize, plural, printable, shortIds, time } from './format.js';

describe('what a person reads', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [1_449_000, '1.4 MB'],
    [999_600, '1.0 MB'],
    [123_456_789, '123 MB'],
    [5_000_000_000_000, '5.0 TB'],
    [null, '–'],
    [Number.NaN, '–'],
  ])('%s bytes is %s', (value, text) => expect(bytes(value)).toBe(text));

  it.each([
    ['0', 0, '0 B'],
    ['999', 999, '999 B'],
    ['50GB', 50e9, '50 GB'],
    ['100 GB', 100e9, '100 GB'],
    ['1.25tb', 1.25e12, '1.25 TB'],
    ['500 M', 500e6, '500 MB'],
    ['100GiB', 107_374_182_400, '100 GiB (107 GB)'],
    ['1.5 KiB', 1536, '1.5 KiB (1.5 kB)'],
    ['1Ti', 1024 ** 4, '1 TiB (1.1 TB)'],
    ['123456789', 123_456_789, '123 MB'],
  ])('a limit of %s is %s bytes and is shown as %s', (entered, size, shown) => {
    expect(parseSize(entered)).toBe(size);
    expect(limit(size)).toBe(shown);
  });

  it.each(['', 'much', '-1GB', '1XB', '5 iB', '1e3', '99999PB'])('"%s" is no size', (text) =>
    expect(parseSize(text)).toBeNull(),
  );

  it.each([
    [0.04, '0.0 s'],
    [9.94, '9.9 s'],
    [59.4, '59 s'],
    [59.6, '1 min 0 s'],
    [3599, '59 min 59 s'],
    [3600, '1 h 00 min'],
    [7500, '2 h 05 min'],
    [null, '–'],
  ])('%s seconds is %s', (value, text) => expect(duration(value)).toBe(text));

  it('groups counts and knows one from many', () => {
    expect(count(1234567)).toBe('1 234 567');
    expect(count(0)).toBe('0');
    expect(plural(1, 'file')).toBe('1 file');
    expect(plural(2000, 'entry', 'entries')).toBe('2 000 entries');
  });

  it('shows times as UTC', () => {
    expect(time('2026-03-01T14:05:09.123Z')).toBe('2026-03-01 14:05:09 UTC');
    expect(time(null)).toBe('–');
    expect(time('not a time')).toBe('not a time');
  });

  it('takes the power over the terminal from names of a site', () => {
    expect(printable('a\u001b]0;owned\u0007b\r\n')).toBe('a\\x1b]0;owned\\x07b\\x0d\\x0a');
    expect(printable('\u202egnp.exe')).toBe('\\u202egnp.exe');
    expect(printable('Grüße 🎉')).toBe('Grüße 🎉');
  });

  it('shows as much of ids as it takes to tell them apart', () => {
    const [one, same] = ['01a2197a-d4f1-704f-8a1c-5d51aa191d1c', '01a2197a-d4f1-704f-8a1c-6123692b54de'];
    const other = '01a2197a-d4f2-704f-8a1c-5d51aa191d1c';
    expect([one, other].map(shortIds([{ id: one }, { id: other }]))).toEqual([one.slice(0, 18), other.slice(0, 18)]);
    expect(shortIds([{ id: one }, { id: same }, { id: other }])(same)).toBe('01a2197a-d4f1-704f-8a1c-61');
  });
});
