import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { keysFor } from '../../../src/engine/runner/stages/keys.js';
import type {
  BackupOrder,
  CommitRequest,
  JobOrder,
  Report,
  ReportsAnswer,
  UploadAnswer,
  UploadRequest,
} from '../../../src/modules/node-protocol/index.js';
import type { NodeClient } from './node-client.js';
import type { Tally } from './tally.js';

const BUNDLE_BYTES = 32 * 1024;
const MANIFEST_BYTES = 4096;
const SITE_BYTES = 500;

interface Content {
  bytes: Buffer;
  size: number;
  sha256: string;
}

/**
 * The run of a backup as the master sees it: every request of a real one, in the same order, with real bytes (small, and no snapshot of
 * anything). Stages take their time; nothing is read or packed here.
 */
export class SimulatedBackup {
  private seq = 0;
  private stages: JobOrder['stages'];

  constructor(
    private readonly client: NodeClient,
    private readonly order: JobOrder,
    private readonly plan: BackupOrder,
    private readonly stageMs: number,
    private readonly masterOfUpload: string,
    private readonly tally: Tally,
  ) {
    this.stages = order.stages;
  }

  async run(): Promise<void> {
    const providerIds = this.plan.candidates.map(({ providerId }) => providerId);
    await this.ask('parents', { providerIds, limit: 3 });
    await this.ask('begin', { providerIds, parentId: null });
    for (const { name } of this.stages) {
      await this.tell('stage.started', name, 'running');
      await pause(this.stageMs * (0.5 + Math.random()));
      await this.progress(name);
      if (name === 'upload_remote') await this.upload(providerIds);
      await this.tell('stage.completed', name, 'completed');
    }
    const end = { outcome: 'completed', stage: null, error: null, result: {}, keptBytes: null, cutOff: false } as const;
    await this.report({ end });
  }

  private async upload(providerIds: readonly string[]): Promise<void> {
    const begin = performance.now();
    const { backupId, startedAt } = this.order;
    const keys = keysFor(this.plan.site.id, new Date(startedAt), backupId);
    const [bundle, manifest, about] = [content(BUNDLE_BYTES), content(MANIFEST_BYTES), content(SITE_BYTES)];
    const size = bundle.size + manifest.size;
    for (const providerId of providerIds) {
      await this.ask('admit', { providerId, bytes: size, parentId: null });
      await this.send(providerId, keys.bundleKey, bundle);
      await this.send(providerId, keys.manifestKey, manifest);
      await this.send(providerId, keys.siteKey, about);
    }
    await this.ask('commit', {
      bundleKey: keys.bundleKey,
      bundleSize: bundle.size,
      bundleSha256: bundle.sha256,
      manifestKey: keys.manifestKey,
      manifestSize: manifest.size,
      manifestSha256: manifest.sha256,
      parentBackupId: null,
      fileCount: 100,
      sourceBytes: size,
      databaseBytes: 1000,
      rowCount: 10,
      storedBytes: size,
      bundles: [{ key: keys.bundleKey, size: bundle.size, sha256: bundle.sha256, own: true }],
      copies: providerIds.map((providerId) => ({ providerId, size })),
      missing: [],
    } satisfies CommitRequest);
    this.tally.upload(performance.now() - begin);
  }

  /** Through the master, as an object of a folder there goes; all of it to the same one. */
  private async send(providerId: string, key: string, { bytes, size, sha256 }: Content): Promise<void> {
    const at = this.masterOfUpload;
    const announced: UploadRequest = { providerId, key, size, sha256 };
    const { uploadId } = await this.ask<UploadAnswer>('uploads', announced, at);
    const query = new URLSearchParams({ providerId, key, uploadId, number: '1' });
    const path = `/node/runs/${this.order.runId}/parts?${query.toString()}`;
    const part = await this.client.ask(path, { method: 'PUT', body: bytes, at });
    await this.ask('uploads/complete', { ...announced, uploadId, parts: [part] }, at);
  }

  private async tell(
    type: 'stage.started' | 'stage.completed',
    stage: string,
    status: 'running' | 'completed',
  ): Promise<void> {
    const durationSeconds = status === 'completed' ? this.stageMs / 1000 : null;
    const message = status === 'completed' ? 'Done.' : null;
    this.stages = this.stages.map((each) =>
      each.name === stage ? { ...each, status, message, durationSeconds } : each,
    );
    await this.report({ facts: { stages: this.stages }, events: [{ type, data: { stage, message, details: {} } }] });
  }

  private async progress(stage: string): Promise<void> {
    const progress = {
      stage,
      bytesDone: BUNDLE_BYTES,
      bytesTotal: 2 * BUNDLE_BYTES,
      itemsDone: 50,
      itemsTotal: 100,
      percent: 50,
      bytesPerSecond: BUNDLE_BYTES,
      current: 'wp-content/uploads/2026/11/picture.jpg',
    };
    await this.report({ facts: { progress }, events: [{ type: 'stage.progress', data: progress }] });
  }

  private async report(what: Pick<Report, 'facts' | 'events' | 'end'>): Promise<void> {
    this.seq += 1;
    const reports: Report[] = [{ seq: this.seq, ageMs: 10, ...what }];
    await this.ask<ReportsAnswer>('reports', { reports });
  }

  private ask<T>(what: string, body: object, at?: string): Promise<T> {
    return this.client.ask<T>(`/node/runs/${this.order.runId}/${what}`, {
      body,
      ...(at === undefined ? {} : { at }),
    });
  }
}

function content(size: number): Content {
  const bytes = randomBytes(size);
  return { bytes, size, sha256: createHash('sha256').update(bytes).digest('hex') };
}
