import { describe, expect, it } from 'vitest';
import { charsetOf, collationCandidates } from './collations.js';

describe('collationCandidates', () => {
  it.each([
    ['utf8mb4_0900_ai_ci', 'utf8mb4_uca1400_nopad_ai_ci'],
    ['utf8mb4_0900_as_cs', 'utf8mb4_uca1400_nopad_as_cs'],
    ['utf8mb4_0900_bin', 'utf8mb4_nopad_bin'],
    ['utf8mb4_de_pb_0900_ai_ci', 'utf8mb4_uca1400_german2_nopad_ai_ci'],
    ['utf8mb4_ja_0900_as_cs_ks', 'utf8mb4_uca1400_nopad_as_cs'],
    ['utf8mb4_uca1400_ai_ci', 'utf8mb4_0900_ai_ci'],
    ['utf8mb4_uca1400_nopad_as_cs', 'utf8mb4_0900_as_cs'],
    ['utf8mb4_uca1400_german2_ai_ci', 'utf8mb4_de_pb_0900_ai_ci'],
    ['utf8mb4_uca1400_swedish_nopad_ai_ci', 'utf8mb4_sv_0900_ai_ci'],
    ['utf8mb4_unicode_520_nopad_ci', 'utf8mb4_unicode_520_ci'],
    ['utf8mb3_unicode_ci', 'utf8_unicode_ci'],
    ['latin1_something_ci', 'latin1_unicode_520_ci'],
  ])('offers for %s first %s', (collation, first) => {
    expect(collationCandidates(collation)[0]).toBe(first);
  });

  it('ends with one that every server has', () => {
    expect(collationCandidates('utf8mb4_0900_ai_ci')).toContain('utf8mb4_unicode_ci');
    expect(collationCandidates('utf8mb4_unicode_520_ci')).toEqual([
      'utf8mb4_unicode_ci',
      'utf8mb4_general_ci',
      'utf8mb4_bin',
    ]);
    expect(charsetOf('binary')).toBe('binary');
  });
});
