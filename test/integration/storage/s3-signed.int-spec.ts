import { createHash } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { partOf, sendSigned, signingConformance } from '../../../src/engine/testing/index.js';
import { sharedCeph, type CephServer } from '../../support/ceph.js';
import { driverFor, MIB, settingsFor } from './s3-storage.js';

const DAY_MS = 86_400_000;
let ceph: CephServer;
let bucket: string;
beforeAll(async () => {
  ceph = await sharedCeph();
  bucket = await ceph.createBucket();
});

signingConformance('s3 (Ceph)', {
  make: async () => {
    const settings = settingsFor(ceph, bucket);
    return { driver: driverFor(settings), hasty: driverFor(settings, { signedSeconds: 1 }) };
  },
  partBytes: 5 * MIB,
});

it('whoever sends a part can not have another object, or a piece of it, copied into it', async () => {
  const driver = driverFor(settingsFor(ceph, bucket));
  const secret = Buffer.from('of another site');
  await driver.put('other', { bytes: secret });
  const { uploadId } = await driver.beginSigned('own', { size: secret.length, sha256: '0'.repeat(64) });
  const copySource = { 'x-amz-copy-source': new URL((await driver.signRead('other')).url).pathname };
  const piece = { ...copySource, 'x-amz-copy-source-range': 'bytes=0-1' };
  for (const [body, headers] of [
    [secret, copySource],
    [Buffer.from('of'), piece],
    [Buffer.alloc(0), copySource],
    [Buffer.alloc(0), piece],
  ] as const) {
    const request = await driver.signPart('own', uploadId, partOf(1, body));
    expect((await sendSigned(request, body, headers)).status).toBeGreaterThanOrEqual(400);
    // The copy would need a request without a body, and the right MD5.
    const bare = { ...partOf(1, secret), length: 0 };
    await expect(driver.signPart('own', uploadId, bare)).rejects.toMatchObject({ code: 'STORAGE_PART_INVALID' });
  }
  expect((await driver.beginSigned('own', { size: secret.length, sha256: '0'.repeat(64) })).parts.size).toBe(0);
});

it('what was sent so is locked as what is put', async () => {
  const locking = await ceph.createBucket({ lock: true });
  const driver = driverFor(settingsFor(ceph, locking, { objectLock: { mode: 'COMPLIANCE', days: 30 } }));
  const body = Buffer.from('locked');
  const source = { size: body.length, sha256: createHash('sha256').update(body).digest('hex') };
  const ends: (number | null)[] = [];
  for (const [key, unlocked] of [
    ['locked', false],
    ['free', true],
  ] as const) {
    const { uploadId } = await driver.beginSigned(key, source, { unlocked });
    const { etag } = await sendSigned(await driver.signPart(key, uploadId, partOf(1, body)), body);
    await driver.completeSigned(key, uploadId, source, [{ number: 1, etag }], { unlocked });
    ends.push((await driver.lockedUntil(key))?.getTime() ?? null);
  }
  expect(Math.abs((ends[0] ?? 0) - Date.now() - 30 * DAY_MS)).toBeLessThan(60_000);
  expect(ends[1]).toBeNull();
});
