import { describe, expect, it } from 'vitest';
import { bytes, count, duration, plural, words } from './format.ts';

describe('format', () => {
  it('shows bytes in powers of 1000', () => {
    expect([0, 999, 1000, 1_400_000_000, 99_960_000, null].map(bytes)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '1.4 GB',
      '100 MB',
      '–',
    ]);
  });

  it('shows durations in the two units that matter', () => {
    expect([0.04, 1.25, 59.4, 200, 7500, 200_000, undefined].map(duration)).toEqual([
      '40 ms',
      '1.3 s',
      '59 s',
      '3 min 20 s',
      '2 h 05 min',
      '2 d 7 h',
      '–',
    ]);
  });

  it('groups digits and counts words', () => {
    expect(count(1_234_567)).toBe('1\u202f234\u202f567');
    expect([plural(1, 'file'), plural(2, 'file'), plural(0, 'copy', 'copies')]).toEqual([
      '1 file',
      '2 files',
      '0 copies',
    ]);
  });

  it('makes words of names', () => {
    expect([words('backup_db'), words('disk.low')]).toEqual(['Backup db', 'Disk low']);
  });
});
