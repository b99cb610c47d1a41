import { createHash } from 'node:crypto';
import { checksumMismatch, type PutOptions, type PutSource, type StoredObject } from '../../engine/ports/index.js';
import { bareEtag, inMemory, isOtherMd5, sumFields, sumsOf, type Taken } from './checksums.js';
import { openSource, type OpenSource } from './open-source.js';
import { MAX_BUFFERED_PART_BYTES, planParts } from './part-plan.js';
import { objectFields, type ActiveUploads } from './multipart-upload.js';
import { putMultipart } from './multipart.js';
import { confirmStored } from './s3-confirm.js';
import type { S3Connection } from './s3-connection.js';
import type { Versioning } from './s3-delete.js';
import { TransferFault, withRetries } from './s3-retry.js';
import { sendBody } from './send-body.js';

/** Stores the source under the key: in one request when it is small, else in parts. Then looks whether it is there as sent. */
export async function putObject(
  s3: S3Connection,
  state: { active: ActiveUploads; versioning: Versioning },
  key: string,
  source: PutSource,
  options: PutOptions,
): Promise<StoredObject> {
  const from = await openSource(key, source);
  try {
    const isSmall = from.size <= Math.min(s3.settings.partBytes, MAX_BUFFERED_PART_BYTES);
    const taken = isSmall
      ? await putWhole(s3, key, from, options)
      : await putMultipart(s3, state.active, key, from, planParts(from.size, s3.settings.partBytes), options);
    const stored = await confirmStored(s3, state.versioning, key, from.size, taken, options);
    options.onProgress?.(from.size);
    return stored;
  } finally {
    await from.close();
  }
}

async function putWhole(s3: S3Connection, key: string, from: OpenSource, options: PutOptions): Promise<Taken> {
  const chunks: Buffer[] = [];
  for await (const chunk of from.chunks({ offset: 0, length: from.size }, options.signal)) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== from.sha256) throw checksumMismatch(key, `SHA-256 ${from.sha256}`, sha256);
  const sums = sumsOf(bytes);
  const action = { what: 'stored', permission: 's3:PutObject', key };
  let reported = 0;
  return s3.translated(action, options.signal, () =>
    withRetries(s3.retry, options.signal, async () => {
      let sent = 0;
      const onSent = (count: number): void => {
        sent += count;
        if (sent <= reported) return;
        reported = sent;
        options.onProgress?.(sent);
      };
      const answer = await sendBody(inMemory(bytes), options, onSent, (body, call) =>
        s3.once(undefined, ({ client, sdk }) =>
          client.send(
            new sdk.PutObjectCommand({
              Bucket: s3.settings.bucket,
              Key: s3.fullKey(key),
              Body: body,
              ContentLength: bytes.length,
              ...sumFields(s3, sums),
              ...objectFields(s3, sha256, options),
            }),
            call,
          ),
        ),
      );
      const etag = bareEtag(answer.ETag);
      if (isOtherMd5(s3, etag, sums.md5.toString('hex'), answer.ServerSideEncryption))
        throw new TransferFault('the server has other bytes than were sent');
      return { etag };
    }),
  );
}
