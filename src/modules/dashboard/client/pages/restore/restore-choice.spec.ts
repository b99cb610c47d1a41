import { describe, expect, it } from 'vitest';
import { firstChoice, missingIn, requestOf } from './restore-choice.ts';

describe('the choice of a restore', () => {
  it('is the whole site in place at first', () => {
    expect(requestOf(firstChoice([]))).toEqual({ what: 'all', extraFiles: 'delete', delta: false });
    expect(missingIn(firstChoice([]))).toBeNull();
  });

  it('is what was chosen in the files, and then deletes nothing', () => {
    expect(requestOf(firstChoice(['wp-content/uploads', 'index.php']))).toEqual({
      what: 'files',
      paths: ['wp-content/uploads', 'index.php'],
      extraFiles: 'keep',
      delta: false,
    });
  });

  it('says nothing of files when only the database is restored', () => {
    expect(requestOf({ ...firstChoice([]), what: 'database' })).toEqual({ what: 'database' });
  });

  it('forgets another place when it is in place after all', () => {
    const choice = { ...firstChoice([]), folder: '/srv/copy', host: 'self' };
    expect(requestOf(choice)).not.toHaveProperty('targetPath');
    expect(requestOf({ ...choice, isInPlace: false })).toMatchObject({ targetPath: '/srv/copy', nodeId: 'self' });
  });

  it('gives another database only where a database is restored, without empty fields', () => {
    const database = { host: '', name: ' copy ', user: 'shop', password: ' p ', prefix: '' };
    const choice = { ...firstChoice([]), isInPlace: false, usesOtherDatabase: true, database };
    expect(requestOf(choice).targetDatabase).toEqual({ name: 'copy', user: 'shop', password: ' p ' });
    expect(requestOf({ ...choice, what: 'files' })).not.toHaveProperty('targetDatabase');
  });

  it('is not complete without paths, without a place, or without a database', () => {
    expect(missingIn({ ...firstChoice([]), what: 'paths' })).toContain('at least one');
    expect(missingIn({ ...firstChoice([]), isInPlace: false })).toContain('Name a folder');
    expect(missingIn({ ...firstChoice([]), isInPlace: false, usesOtherDatabase: true })).toContain('database');
  });
});
