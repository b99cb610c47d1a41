import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSecretKey, secretKeyId } from '../../../common/secret-key.js';
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

  it('opens what earlier keys sealed after a change of the key, also after a restart', async () => {
    const file = join(folder, 'secret.key');
    const box = await SecretBox.open(file);
    const first = box.keyId;
    const sealed = [box.seal('0')];
    for (const text of ['1', '2']) {
      await box.use(randomBytes(32));
      sealed.push(box.seal(text));
    }
    const later = await SecretBox.open(file);
    expect(later.keyId).toBe(box.keyId);
    expect(sealed.map((each) => later.reveal(each))).toEqual(['0', '1', '2']);
    expect(later.reseal(sealed[2] ?? '')).toBeNull();
    expect(later.reseal(sealed[0] ?? '')).toMatch(new RegExp(`^v1\\.${later.keyId}\\.`));
    expect(later.keyIds).toContain(first);
    for (const name of readdirSync(join(folder, 'secret.keys')))
      expect(statSync(join(folder, 'secret.keys', name)).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it('takes a key from the configuration, and still opens what the key file sealed', async () => {
    const file = join(folder, 'secret.key');
    const own = await SecretBox.open(file);
    const [current, earlier] = [randomBytes(32), randomBytes(32)];
    const box = await SecretBox.open(file, { current, earlier: [earlier] });
    expect(box.keyId).toBe(secretKeyId(current));
    expect(box.reveal(own.seal('own'))).toBe('own');
    expect(box.reveal(new SecretBox(earlier).seal('earlier'))).toBe('earlier');
    await box.use(randomBytes(32));
    expect(box.keyId).toBe(secretKeyId(current));
    expect(readFileSync(file)).toEqual(own.key(own.keyId));
    const stranger = new SecretBox(randomBytes(32));
    expect(() => box.reveal(stranger.seal('x'))).toThrow(
      expect.objectContaining({ code: 'SECRET_UNREADABLE', context: { keyId: stranger.keyId } }),
    );
  });

  it('passes over damaged files of earlier keys', async () => {
    const file = join(folder, 'secret.key');
    const box = await SecretBox.open(file);
    const first = box.keyId;
    await box.use(randomBytes(32));
    writeFileSync(join(folder, 'secret.keys', first), randomBytes(32));
    writeFileSync(join(folder, 'secret.keys', 'junk'), 'junk');
    expect((await SecretBox.open(file)).keyIds).toEqual([box.keyId]);
  });
});

describe('parseSecretKey', () => {
  it('reads base64 of both alphabets and hex, and nothing else', () => {
    const key = Buffer.alloc(32, 0xfb);
    for (const text of [key.toString('hex'), key.toString('base64'), ` ${key.toString('base64url')}\n`])
      expect(parseSecretKey(text)).toEqual(key);
    for (const text of [
      '',
      'secret',
      key.toString('hex').slice(1),
      key.subarray(1).toString('base64'),
      `${key.toString('base64')}A`,
    ])
      expect(parseSecretKey(text)).toBeNull();
  });
});
