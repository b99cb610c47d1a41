import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { canSign, type ByteRange, objectNotFound } from '../../engine/ports/index.js';
import { statEach } from '../../engine/storage/index.js';
import type { Job } from '../jobs/index.js';
import type { Access, ObjectFacts, ReadRequest, StatRequest } from '../node-protocol/index.js';
import { RunScope } from './run-scope.js';

/** What is read through the master may be asked for as long as the run holds its job. */
const THROUGH_MASTER_SECONDS = 3600;

/** Objects that a run looks at and reads. */
@Injectable()
export class RunObjects {
  constructor(private readonly scope: RunScope) {}

  /** In the order of the keys. Errors: NODE_KEY_FORBIDDEN, NODE_STORAGE_FORBIDDEN, the storage's. */
  async stat(job: Job, { providerId, keys }: StatRequest, signal: AbortSignal): Promise<(ObjectFacts | null)[]> {
    await this.scope.requireKnown(job, keys);
    const { driver } = await this.scope.source(job, providerId);
    const found: (ObjectFacts | null)[] = [];
    for await (const [, stored] of statEach(
      driver,
      keys.map((key) => ({ key })),
      signal,
    ))
      found.push(stored === null ? null : factsOf(stored));
    return found;
  }

  /** How to read it. Errors: as `stat`. */
  async access(job: Job, { providerId, key }: ReadRequest): Promise<Access> {
    await this.scope.requireReadable(job, key);
    const { driver } = await this.scope.source(job, providerId);
    if (!canSign(driver))
      return { method: 'GET', url: null, headers: {}, expiresInSeconds: THROUGH_MASTER_SECONDS, ca: null };
    const { method, url, headers, expiresInSeconds } = await driver.signRead(key);
    return { method, url, headers: { ...headers }, expiresInSeconds, ca: driver.ca };
  }

  /** To be read through the master: its size, and how to open a range. Errors: as `stat`, STORAGE_OBJECT_NOT_FOUND. */
  async open(
    job: Job,
    { providerId, key }: ReadRequest,
    signal: AbortSignal,
  ): Promise<{ size: number; read: (range: ByteRange) => Promise<Readable> }> {
    await this.scope.requireReadable(job, key);
    const { driver } = await this.scope.source(job, providerId);
    const stored = await driver.stat(key, signal);
    if (stored === null) throw objectNotFound(key);
    return { size: stored.size, read: (range) => driver.read(key, range, signal) };
  }
}

/** An answer about an object, as it goes over the wire. */
export function factsOf({
  size,
  modifiedAt,
  sha256,
}: {
  size: number;
  modifiedAt: Date;
  sha256?: string;
}): ObjectFacts {
  return { size, modifiedAt: modifiedAt.toISOString(), ...(sha256 === undefined ? {} : { sha256 }) };
}
