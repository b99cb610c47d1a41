import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SecretBox } from './secret-box.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'backupd-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('SecretBox', () => {
  it('opens what it sealed, also after a restart, and never seals the same twice', async () => {
    const file = join(folder, 'secret.key');
    const box = await SecretBox.open(file);
    const sealed = box.seal("pa'ss — wörd");
    expect(sealed).toMatch(/^v1\.[0-9a-f]{8}\./);
    expect(sealed).not.toContain('wörd');
    expect(box.seal('same')).not.toBe(box.seal('same'));
    expect((await SecretBox.open(file)).reveal(sealed)).toBe("pa'ss — wörd");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(file).size).toBe(32);
  });

  it('makes one key when opened many times at once', async () => {
    for (let round = 0; round < 50; round += 1) {
      const file = join(folder, `secret-${round}.key`);
      // oxlint-disable-next-line no-await-in-loop -- each round is a race of its own
      const boxes = await Promise.all(Array.from({ length: 8 }, () => SecretBox.open(file)));
      const sealed = boxes[0]?.seal('x') ?? '';
      expect(boxes.map((box) => box.reveal(sealed))).toEqual(Array.from({ length: 8 }, () => 'x'));
    }
  });

  it('refuses what another key sealed, what was changed, and what is no sealed text', async () => {
    const box = await SecretBox.open(join(folder, 'a'));
    const other = await SecretBox.open(join(folder, 'b'));
    const sealed = box.seal('secret');
    expect(() => other.reveal(sealed)).toThrow(/another key/);
    const flipped = sealed.slice(0, -2) + (sealed.endsWith('AA') ? 'BB' : 'AA');
    expect(() => box.reveal(flipped)).toThrow(/changed/);
    for (const bad of ['', 'secret', 'v2.x.y', `${sealed.split('.').slice(0, 2).join('.')}.AAAA`])
      expect(() => box.reveal(bad)).toThrow(/can't be opened/);
  });

  it('refuses a key file of the wrong size', async () => {
    const file = join(folder, 'secret.key');
    writeFileSync(file, 'short');
    await expect(SecretBox.open(file)).rejects.toMatchObject({ code: 'SECRET_KEY_INVALID' });
  });
});
