import { createHash } from 'node:crypto';
import { Injectable, Module } from '@nestjs/common';
import {
  checksumMismatch,
  type SignedPart,
  type SignedRequest,
  type SignedUpload,
  type SigningStorageDriver,
  type StorageDriverFactory,
  StorageDriverProvider,
  type StoredObject,
} from '../../../src/engine/ports/index.js';
import { MemoryStorageDriver } from '../../../src/engine/testing/index.js';

interface Begun {
  key: string;
  parts: Map<number, Buffer>;
}

const TTL = 900;
const etagOf = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');

/** A storage in memory that hands out requests, which `send` and `fetch` carry out as a server would. */
export class SigningDriver extends MemoryStorageDriver implements SigningStorageDriver {
  readonly ca = null;
  readonly begun = new Map<string, Begun>();

  async signRead(key: string): Promise<SignedRequest> {
    return Promise.resolve({ method: 'GET', url: `memory://get/${key}?secret`, headers: {}, expiresInSeconds: TTL });
  }

  async beginSigned(key: string): Promise<SignedUpload> {
    const uploadId = [...this.begun].find(([, begun]) => begun.key === key)?.[0] ?? `upload-${this.begun.size}`;
    const begun = this.begun.get(uploadId) ?? { key, parts: new Map() };
    this.begun.set(uploadId, begun);
    const parts = new Map([...begun.parts].map(([number, bytes]) => [number, { etag: etagOf(bytes) }]));
    return Promise.resolve({ uploadId, partBytes: 100_000, parts });
  }

  async signPart(key: string, uploadId: string, { number, md5 }: SignedPart): Promise<SignedRequest> {
    const url = `memory://put/${key}?upload=${uploadId}&number=${number}`;
    return Promise.resolve({ method: 'PUT', url, headers: { 'content-md5': md5 }, expiresInSeconds: TTL });
  }

  async completeSigned(
    key: string,
    uploadId: string,
    source: { size: number; sha256: string },
    parts: readonly { number: number; etag: string }[],
  ): Promise<StoredObject> {
    const bytes = Buffer.concat(parts.map(({ number }) => this.begun.get(uploadId)?.parts.get(number) ?? Buffer.of()));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (sha256 !== source.sha256) throw checksumMismatch(key, source.sha256, sha256);
    this.begun.delete(uploadId);
    return this.put(key, { bytes });
  }

  async abortSigned(_key: string, uploadId: string): Promise<void> {
    this.begun.delete(uploadId);
    return Promise.resolve();
  }

  async endUploads(key: string): Promise<void> {
    for (const [id, begun] of this.begun) if (begun.key === key) this.begun.delete(id);
    return Promise.resolve();
  }

  /** What the storage's server does with a signed PUT; the part's etag. */
  send({ url, headers }: { url: string | null; headers: Record<string, string> }, bytes: Buffer): string {
    const query = new URL(url ?? '').searchParams;
    if (headers['content-md5'] !== Buffer.from(etagOf(bytes), 'hex').toString('base64')) throw new Error('other bytes');
    this.begun.get(query.get('upload') ?? '')?.parts.set(Number(query.get('number')), bytes);
    return etagOf(bytes);
  }
}

/** Kind `signing`; one driver for all that is made of it. */
@Injectable()
@StorageDriverProvider()
export class SigningFactory implements StorageDriverFactory {
  readonly kind = 'signing';
  readonly title = 'Memory that signs';
  readonly settingsSchema = { type: 'object', properties: {} };
  readonly secretSettings: readonly string[] = [];
  readonly driver = new SigningDriver();

  create(): SigningDriver {
    return this.driver;
  }

  async places(): Promise<string[]> {
    return Promise.resolve(['memory:/signing/']);
  }
}

@Module({ providers: [SigningFactory] })
export class SigningFeature {}
