import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../common/errors/index.js';
import { secretKeyId } from '../../common/secret-key.js';
import { SecretBox } from '../secrets/index.js';
import { SealedReader, sealToFile, type SealedFile } from './catalogue-file.js';

const key = randomBytes(32);
const box = new SecretBox(key);
const about = {
  instance: '01a20b8c-d788-7649-97a8-12ebda60f327',
  createdAt: '2026-01-02T03:04:05.000Z',
  keyId: secretKeyId(key),
};
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'backupd-catalogue-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function* pieces(content: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

const seal = (content: Buffer, size = 1000): Promise<SealedFile> =>
  sealToFile(join(folder, 'sealed'), about, key, pieces(content, size));

async function read(path: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of (await SealedReader.open(path, (id) => box.key(id))).content()) parts.push(part);
  return Buffer.concat(parts);
}

describe('a sealed catalogue', () => {
  it('is read as it was written, of any size, and never looks the same twice', async () => {
    for (const size of [0, 1, 4096, 1_000_000]) {
      const content = randomBytes(size);
      const file = await seal(content, 70_000);
      expect(statSync(file.path)).toMatchObject({ size: file.size });
      expect(statSync(file.path).mode & 0o777).toBe(0o600);
      expect((await read(file.path)).equals(content)).toBe(true);
      const sealed = readFileSync(file.path);
      rmSync(file.path);
      await seal(content, 70_000);
      expect(readFileSync(file.path).equals(sealed)).toBe(false);
      rmSync(file.path);
    }
  });

  it('is refused with any of its bits changed, and cut anywhere', async () => {
    const { path } = await seal(Buffer.from('{"kind":"catalogue"}\n'));
    const whole = readFileSync(path);
    const copy = join(folder, 'copy');
    const refused = async (bytes: Buffer): Promise<void> => {
      writeFileSync(copy, bytes);
      const error: unknown = await SealedReader.open(copy, (id) => box.key(id)).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(AppError);
      expect((error as AppError).code).toMatch(/^(CATALOGUE_DAMAGED|CATALOGUE_FORMAT_UNSUPPORTED|SECRET_UNREADABLE)$/);
    };
    for (let at = 0; at < whole.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        await refused(bytes);
      }
      await refused(whole.subarray(0, at));
    }
    await refused(Buffer.concat([whole, Buffer.from('x')]));
  });

  it('is refused with another key', async () => {
    const { path } = await seal(Buffer.from('content'));
    await expect(SealedReader.open(path, () => randomBytes(32))).rejects.toMatchObject({ code: 'CATALOGUE_DAMAGED' });
    const other = new SecretBox(randomBytes(32));
    await expect(SealedReader.open(path, (id) => other.key(id))).rejects.toMatchObject({
      code: 'SECRET_UNREADABLE',
      context: { keyId: about.keyId },
    });
  });

  it('tells when it is changed between the check and the reading', async () => {
    const { path } = await seal(randomBytes(100_000));
    const reader = await SealedReader.open(path, (id) => box.key(id));
    const bytes = readFileSync(path);
    bytes[50_000] = (bytes[50_000] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    await expect(async () => {
      for await (const part of reader.content()) expect(part.length).toBeGreaterThan(0);
    }).rejects.toMatchObject({ code: 'CATALOGUE_DAMAGED' });
  });
});
