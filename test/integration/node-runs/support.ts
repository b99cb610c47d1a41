import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { MikroORM } from '@mikro-orm/postgresql';
import type { Page } from '../../../src/cli/api-types.js';
import { newId } from '../../../src/common/ids.js';
import type { StorageDriver } from '../../../src/engine/ports/index.js';
import { keysFor } from '../../../src/engine/runner/index.js';
import { NodeAccess } from '../../../src/modules/auth/index.js';
import { Job, JobKind, JobQueue, JobsService } from '../../../src/modules/jobs/index.js';
import type { UploadAnswer } from '../../../src/modules/node-protocol/index.js';
import { StorageService } from '../../../src/modules/storage/index.js';
import type { Answer, TestApi } from '../../support/api.js';
import type { TestApp } from '../core/test-app.js';
import { GatedSite, startJobsApp } from '../jobs/jobs-app.js';
import { useApp } from '../core/test-app.js';
import { SigningFeature } from './signing-driver.js';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Some bytes, and what is announced of them. */
export interface Content {
  bytes: Buffer;
  size: number;
  sha256: string;
}

export function content(size: number): Content {
  const bytes = randomBytes(size);
  return { bytes, size, sha256: sha256(bytes) };
}

/** A run as a node sees it. */
export class Run {
  readonly keys: ReturnType<typeof keysFor>;

  constructor(
    readonly api: TestApi,
    readonly job: Job,
    readonly startedAt: Date,
  ) {
    this.keys = keysFor(job.siteId, startedAt, job.backupId);
  }

  at(path: string): string {
    return `/node/runs/${this.job.deliveryId}/${path}`;
  }

  call<T = Record<string, unknown>>(path: string, body: unknown = {}): Promise<Answer<T>> {
    return this.api.call<T>('POST', this.at(path), body);
  }

  post<T = Record<string, unknown>>(path: string, body: unknown = {}): Promise<T> {
    return this.api.post<T>(this.at(path), body);
  }

  /** The backup has begun, and may store so many bytes there. */
  async admitted(providerId: string, bytes: number): Promise<void> {
    const began = await this.post('begin', { providerIds: [providerId], parentId: null });
    assert.deepEqual(began, { notes: [], warnings: [] });
    await this.post('admit', { providerId, bytes, parentId: null });
  }

  /** Bundle and manifest are stored through the master; the commit is what is left. */
  async uploaded(providerId: string, bundle: Content, manifest: Content): Promise<void> {
    await this.admitted(providerId, bundle.size + manifest.size);
    await this.upload(providerId, this.keys.bundleKey, bundle);
    await this.upload(providerId, this.keys.manifestKey, manifest);
  }

  begin(providerId: string, key: string, { size, sha256: sum }: Content): Promise<UploadAnswer> {
    return this.post<UploadAnswer>('uploads', { providerId, key, size, sha256: sum });
  }

  /** Sends a part through the master. */
  async put(
    providerId: string,
    key: string,
    uploadId: string,
    number: number,
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const query = new URLSearchParams({ providerId, key, uploadId, number: String(number) });
    const response = await fetch(`${this.api.url}${this.at('parts')}?${query.toString()}`, {
      method: 'PUT',
      headers: { Authorization: `Bearer ${this.api.token ?? ''}`, 'Content-Type': 'application/octet-stream' },
      body: bytes,
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  /** The whole way of an object through the master. */
  async upload(providerId: string, key: string, what: Content): Promise<Answer> {
    const { uploadId, partBytes, parts } = await this.begin(providerId, key, what);
    for (let number = parts.length + 1; (number - 1) * partBytes < what.size; number++) {
      const part = Uint8Array.from(what.bytes.subarray((number - 1) * partBytes, number * partBytes));
      const answer = await this.put(providerId, key, uploadId, number, part);
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
    }
    return this.call('uploads/complete', { providerId, key, uploadId, size: what.size, sha256: what.sha256, parts });
  }

  read(providerId: string, key: string, range?: string): Promise<Response> {
    const query = new URLSearchParams({ providerId, key });
    return fetch(`${this.api.url}${this.at('objects')}?${query.toString()}`, {
      headers: { Authorization: `Bearer ${this.api.token ?? ''}`, ...(range === undefined ? {} : { Range: range }) },
    });
  }

  /** What `commit` is told of a backup with this bundle and manifest. */
  commitOf(providerIds: string[], bundle: Content, manifest: Content): Record<string, unknown> {
    const { bundleKey, manifestKey } = this.keys;
    const size = bundle.size + manifest.size;
    return {
      bundleKey,
      bundleSize: bundle.size,
      bundleSha256: bundle.sha256,
      manifestKey,
      manifestSize: manifest.size,
      manifestSha256: manifest.sha256,
      parentBackupId: null,
      fileCount: 1,
      sourceBytes: 10,
      databaseBytes: 0,
      storedBytes: size,
      bundles: [{ key: bundleKey, size: bundle.size, sha256: bundle.sha256, own: true }],
      copies: providerIds.map((providerId) => ({ providerId, size })),
      missing: [],
    };
  }
}

/** The application with two nodes, `a` and `b`. */
export interface Nodes {
  test: TestApp;
  api: (name: 'a' | 'b') => TestApi;
  /** A job that the node holds, as it is after the node has claimed it. */
  run: (site: GatedSite, kind?: JobKind, more?: { node?: 'a' | 'b'; backupId?: string }) => Promise<Run>;
  change: (run: Run, to: Partial<Job>) => Promise<void>;
  /** The run's job as it is now. */
  row: (run: Run) => Promise<Job>;
  /** Id of the storage that is there from the start. */
  local: () => Promise<string>;
  /** The driver that the application has for a storage, the same each time. */
  driver: (providerId: string) => Promise<StorageDriver>;
}

export function useNodes(): Nodes {
  const ids = { a: newId(), b: newId() };
  const test = useApp(async () => {
    const app = await startJobsApp({}, [SigningFeature]);
    app.app.get(NodeAccess, { strict: false }).register((key) => {
      const name = key === 'key-a' ? 'a' : key === 'key-b' ? 'b' : null;
      return Promise.resolve(
        name === null ? null : { nodeId: ids[name], nodeName: name, bootId: 'boot', version: '1.0.0' },
      );
    });
    return app;
  });
  const api = (name: 'a' | 'b'): TestApi => test.admin.as(`key-${name}`);
  const em = () => test.app.get(MikroORM, { strict: false }).em.fork();
  return {
    test,
    api,
    run: async (site, kind = JobKind.Backup, { node = 'a', backupId = newId() } = {}) => {
      const startedAt = new Date();
      const job = await em().transactional(async (inner) => {
        const { id, name, module } = site.dto;
        const made = await test.app
          .get(JobsService, { strict: false })
          .create({ kind, site: { id, name, module, nodeId: ids[node] }, stages: ['upload_remote'], backupId }, inner);
        // No master takes it.
        await test.app.get(JobQueue, { strict: false }).settle(inner, made.deliveryId);
        await inner.nativeUpdate(
          Job,
          { id: made.id },
          { status: 'running', runnerId: ids[node], attempt: 1, startedAt, litter: true },
        );
        return made;
      });
      return new Run(api(node), job, startedAt);
    },
    change: async ({ job }, to) => {
      await em().nativeUpdate(Job, { id: job.id }, to);
    },
    row: ({ job }) => em().findOneOrFail(Job, { id: job.id }),
    local: async () => {
      const { items } = await test.admin.get<Page<{ id: string; kind: string }>>('/storage');
      return items.find(({ kind }) => kind === 'local')?.id ?? '';
    },
    driver: async (id) => {
      const all = await test.app.get(StorageService, { strict: false }).enabledDestinations();
      const found = all.find(({ providerId }) => providerId === id);
      if (found === undefined) throw new Error(`no storage ${id}`);
      return found.driver;
    },
  };
}
