import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SignedRequest, SigningStorageDriver } from '../ports/index.js';
import { partOf, sendSigned, type PlainAnswer } from './plain-sender.js';
import { SeededRandom } from './random.js';

export interface SigningSubject {
  driver: SigningStorageDriver;
  /** The same place through another master; its requests end after a second. */
  hasty: SigningStorageDriver;
  /** Called after each test. */
  close?: () => Promise<void> | void;
}

export interface SigningOptions {
  /** A fresh, empty storage for each test. */
  make: () => Promise<SigningSubject>;
  /** Size of its parts. */
  partBytes: number;
}

const sourceOf = (bytes: Buffer): { size: number; sha256: string } => ({
  size: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});
const isRefused = ({ status }: PlainAnswer): boolean => status >= 400 && status < 500;

/** Registers the tests that every driver must pass that hands out signed requests: the contract written at `SigningStorageDriver`. */
export function signingConformance(name: string, options: SigningOptions): void {
  describe(`signing driver conformance: ${name}`, () => {
    const { partBytes } = options;
    const bytes = new SeededRandom(3).bytes(2 * partBytes + 100_000);
    const source = sourceOf(bytes);
    const partBytesOf = (number: number): Buffer => bytes.subarray((number - 1) * partBytes, number * partBytes);
    const first = partBytesOf(1);
    let subject: SigningSubject | null = null;
    beforeEach(async () => {
      subject = await options.make();
    });
    afterEach(async () => {
      await subject?.close?.();
      subject = null;
    });

    const places = (): SigningSubject => {
      if (subject === null) throw new Error('The storage exists only while a test runs.');
      return subject;
    };
    const sendPart = async (key: string, uploadId: string, number: number, body: Buffer): Promise<PlainAnswer> =>
      sendSigned(await places().driver.signPart(key, uploadId, partOf(number, body)), body);
    const sendAll = async (
      key: string,
      uploadId: string,
      numbers: readonly number[],
    ): Promise<{ number: number; etag: string }[]> => {
      const sent = numbers.map(async (number) => {
        const { status, etag } = await sendPart(key, uploadId, number, partBytesOf(number));
        expect(status).toBe(200);
        return { number, etag };
      });
      return Promise.all(sent);
    };
    const keys = async (): Promise<string[]> => {
      const found: string[] = [];
      for await (const { key } of places().driver.list('')) found.push(key);
      return found;
    };
    const readAll = async (key: string): Promise<Buffer> =>
      (await sendSigned(await places().driver.signRead(key))).bytes;

    it('an object goes in parts through a sender without credentials; completing it again answers the same', async () => {
      const { driver, hasty } = places();
      const upload = await driver.beginSigned('sites/a/bundle+1', source);
      expect(upload).toMatchObject({ partBytes, parts: new Map() });
      const parts = await sendAll('sites/a/bundle+1', upload.uploadId, [3, 1, 2]);
      expect(await keys()).toEqual([]);
      const stored = await driver.completeSigned('sites/a/bundle+1', upload.uploadId, source, parts);
      expect(stored).toMatchObject({ key: 'sites/a/bundle+1', size: bytes.length });
      expect(await hasty.completeSigned('sites/a/bundle+1', upload.uploadId, source, parts)).toEqual(stored);
      expect((await readAll('sites/a/bundle+1')).equals(bytes)).toBe(true);
      // What was signed for the upload does nothing any more.
      expect(isRefused(await sendPart('sites/a/bundle+1', upload.uploadId, 1, first))).toBe(true);
      expect(await keys()).toEqual(['sites/a/bundle+1']);
    });

    it('small and empty objects go as one part', async () => {
      const { driver } = places();
      for (const body of [Buffer.from('small'), Buffer.alloc(0)]) {
        const { uploadId } = await driver.beginSigned('sites/a/site.json', sourceOf(body));
        const { status, etag } = await sendPart('sites/a/site.json', uploadId, 1, body);
        expect(status).toBe(200);
        await driver.completeSigned('sites/a/site.json', uploadId, sourceOf(body), [{ number: 1, etag }]);
        expect((await readAll('sites/a/site.json')).equals(body)).toBe(true);
      }
    });

    it('an upload that was left goes on with the parts that are there, at another master', async () => {
      const { driver, hasty } = places();
      const left = await driver.beginSigned('a', source);
      const [sent] = await sendAll('a', left.uploadId, [1]);
      const again = await hasty.beginSigned('a', source);
      expect(again.uploadId).toBe(left.uploadId);
      expect([...again.parts].map(([number, { etag }]) => ({ number, etag }))).toEqual([sent]);
      // What the sender knows its own by.
      expect(sent?.etag.replaceAll('"', '')).toBe(createHash('md5').update(first).digest('hex'));
      // It goes on sending for longer than uploads are kept.
      expect(await driver.removeAbandoned(60_000)).toBe(0);
      const parts = [...(sent === undefined ? [] : [sent]), ...(await sendAll('a', again.uploadId, [2, 3]))];
      // Of another part than is there no object is made, and what is there stays.
      const wrong = parts.with(1, { number: 2, etag: sent?.etag ?? '' });
      await expect(driver.completeSigned('a', again.uploadId, source, wrong)).rejects.toMatchObject({
        code: 'STORAGE_FAILED',
      });
      expect((await driver.beginSigned('a', source)).parts.size).toBe(3);
      await driver.completeSigned('a', again.uploadId, source, parts);
      expect((await readAll('a')).equals(bytes)).toBe(true);
    });

    it('parts of another plan are ended', async () => {
      const { driver } = places();
      const left = await driver.beginSigned('a', source);
      await sendAll('a', left.uploadId, [3]);
      const other = await driver.beginSigned('a', sourceOf(bytes.subarray(0, partBytes)));
      expect(other.uploadId).not.toBe(left.uploadId);
      expect(other.parts.size).toBe(0);
      expect(isRefused(await sendPart('a', left.uploadId, 1, first))).toBe(true);
    });

    it('other bytes than those of the MD5 are refused', async () => {
      const { driver } = places();
      const { uploadId } = await driver.beginSigned('a', source);
      const request = await driver.signPart('a', uploadId, partOf(1, first));
      const other = Buffer.from(first);
      other[7] = (other[7] ?? 0) ^ 1;
      expect(isRefused(await sendSigned(request, other))).toBe(true);
      const md5 = { 'content-md5': partOf(1, other).md5 };
      expect(isRefused(await sendSigned(request, other, md5))).toBe(true);
      expect(isRefused(await sendSigned({ ...request, headers: {} }, other))).toBe(true);
      const shorter = first.subarray(1);
      expect(isRefused(await sendSigned({ ...request, headers: {} }, shorter, partHeaders(shorter)))).toBe(true);
      expect((await driver.beginSigned('a', source)).parts.size).toBe(0);
    });

    it('a request is good for what it was signed for only', async () => {
      const { driver } = places();
      const { uploadId } = await driver.beginSigned('a/b', source);
      const { uploadId: elsewhere } = await driver.beginSigned('a/c', source);
      await driver.put('other', { bytes: Buffer.from('of somebody else') });
      const body = bytes.subarray(0, 1000);
      const part = await driver.signPart('a/b', uploadId, partOf(1, body));
      const read = await driver.signRead('a/b');
      const tries: [string, SignedRequest | (Omit<SignedRequest, 'method'> & { method: string })][] = [
        ['another key', changed(part, '/a/b?', '/a/c?')],
        ['another part', changed(part, 'partNumber=1', 'partNumber=2')],
        ['another upload', changed(part, encodeURIComponent(uploadId), encodeURIComponent(elsewhere))],
        ['a whole object', changed(part, 'partNumber=1', 'x=1')],
        ['a later end', changed(part, 'Expires=', 'Expires=1')],
        ['one more question', { ...part, url: `${part.url}&acl` }],
        ['the end of the upload', { ...part, method: 'DELETE' }],
        ['a read of another key', changed(read, '/a/b?', '/other?')],
        ['a write', { ...read, method: 'PUT' }],
        ['a delete', { ...read, method: 'DELETE' }],
        ['a list', changed(read, '/a/b?', '/?')],
      ];
      for (const [what, { method, url, headers }] of tries) {
        const isWrite = method === 'PUT';
        const answer = await fetch(url, {
          method,
          headers: isWrite ? { ...headers, ...partHeaders(body) } : {},
          ...(isWrite ? { body: new Uint8Array(body) } : {}),
        });
        await answer.arrayBuffer();
        expect([what, answer.status >= 400 && answer.status < 500]).toEqual([what, true]);
      }
      expect((await driver.beginSigned('a/b', source)).parts.size).toBe(0);
      expect(await keys()).toEqual(['other']);
    });

    it('a request ends', async () => {
      const { driver, hasty } = places();
      await driver.put('a', { bytes: first.subarray(0, 100) });
      const deadline = performance.now() + 20_000;
      // The second may be over before the first try.
      let read = await hasty.signRead('a');
      expect(read.expiresInSeconds).toBe(1);
      while (isRefused(await sendSigned(read)) && performance.now() < deadline) read = await hasty.signRead('a');
      while (!isRefused(await sendSigned(read)) && performance.now() < deadline) await pause(100);
      expect(performance.now()).toBeLessThan(deadline);
      expect((await sendSigned(await driver.signRead('a'))).status).toBe(200);
    });

    it('reads the object whole and in ranges; a missing one is missing', async () => {
      const { driver } = places();
      const body = first.subarray(0, 100_000);
      await driver.put('a', { bytes: body });
      const request = await driver.signRead('a');
      expect((await sendSigned(request)).bytes.equals(body)).toBe(true);
      const part = await sendSigned(request, undefined, { range: 'bytes=1000-1999' });
      expect(part.status).toBe(206);
      expect(part.bytes.equals(body.subarray(1000, 2000))).toBe(true);
      expect((await sendSigned(await driver.signRead('none'))).status).toBe(404);
    });

    it('what has another size than was announced is not stored', async () => {
      const { driver } = places();
      const { uploadId } = await driver.beginSigned('a', source);
      const parts = await sendAll('a', uploadId, [1, 2]);
      const mismatch = { code: 'STORAGE_CHECKSUM_MISMATCH' };
      await expect(driver.completeSigned('a', uploadId, source, parts)).rejects.toMatchObject(mismatch);
      expect(await keys()).toEqual([]);
      expect((await driver.beginSigned('a', source)).parts.size).toBe(0);
    });

    it('an upload can be ended, again and again; what is gone is said to be', async () => {
      const { driver } = places();
      const { uploadId } = await driver.beginSigned('a', source);
      const parts = await sendAll('a', uploadId, [3]);
      await driver.abortSigned('a', uploadId);
      await driver.abortSigned('a', uploadId);
      const gone = { code: 'STORAGE_UPLOAD_GONE', retry: 'later' };
      await expect(driver.completeSigned('a', uploadId, source, parts)).rejects.toMatchObject(gone);
      // Another object that is there under the key is not taken for it, and stays.
      await driver.put('a', { bytes: Buffer.from('earlier') });
      await expect(driver.completeSigned('a', uploadId, source, parts)).rejects.toMatchObject(gone);
      expect((await readAll('a')).toString()).toBe('earlier');
    });

    it('signs nothing for keys that are not safe, nor for what is no part', async () => {
      const { driver } = places();
      for (const key of ['', '../a', 'a//b', 'a?b', '/a']) {
        const invalid = { code: 'STORAGE_KEY_INVALID' };
        await expect(driver.signRead(key), key).rejects.toMatchObject(invalid);
        await expect(driver.signPart(key, 'u', partOf(1, first)), key).rejects.toMatchObject(invalid);
        await expect(driver.beginSigned(key, source), key).rejects.toMatchObject(invalid);
        await expect(driver.completeSigned(key, 'u', source, []), key).rejects.toMatchObject(invalid);
        await expect(driver.abortSigned(key, 'u'), key).rejects.toMatchObject(invalid);
      }
      const part = partOf(1, first);
      for (const wrong of [{ number: 0 }, { number: 1.5 }, { number: 10_001 }, { length: -1 }, { md5: 'x' }])
        await expect(driver.signPart('a', 'u', { ...part, ...wrong })).rejects.toMatchObject({
          code: 'STORAGE_PART_INVALID',
        });
      await expect(driver.signPart('a', '', part)).rejects.toMatchObject({ code: 'STORAGE_PART_INVALID' });
    });
  });
}

const partHeaders = (body: Buffer): Record<string, string> => ({
  'content-length': String(body.length),
  'content-md5': partOf(1, body).md5,
});

const changed = (request: SignedRequest, from: string, to: string): SignedRequest => {
  expect(request.url).toContain(from);
  return { ...request, url: request.url.replace(from, to) };
};
