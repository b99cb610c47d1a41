import { describe, expect, it } from 'vitest';
import { forBrowser } from './hints.ts';

describe('hints in a browser', () => {
  it('leave out what is typed into a terminal', () => {
    expect(
      forBrowser(
        'Give another folder. `backupd jobs show 1` has the details; `backupd jobs retry 1` tries again, from what it keeps.',
      ),
    ).toBe('Give another folder.');
  });

  it('keep all else', () => {
    expect(forBrowser('Use wp-config.php. Or the folder above it.')).toBe('Use wp-config.php. Or the folder above it.');
    expect(forBrowser('`backupd doctor` asks for it.')).toBe('');
  });
});
