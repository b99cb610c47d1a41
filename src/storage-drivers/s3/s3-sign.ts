import { AppError } from '../../common/errors/index.js';
import type { SignedPart, SignedRequest } from '../../engine/ports/index.js';
import { MAX_PART_BYTES, MAX_PARTS } from './part-plan.js';
import type { S3Connection } from './s3-connection.js';

/** Time enough for a part to wait for its turn. A server looks at it when a request begins, not while it goes on. */
export const SIGNED_SECONDS = 3600;

/** A request that reads the object, or a range of it. */
export async function signRead(s3: S3Connection, key: string, expiresInSeconds: number): Promise<SignedRequest> {
  return sign(s3, { method: 'GET', key, query: {}, headers: {} }, expiresInSeconds);
}

/** Base64. */
const MD5_OF_NOTHING = '1B2M2Y8AsgTpgAmY7PhCfg==';

/**
 * A request that sends these bytes as that part, and nothing else: their MD5 and length are signed as headers. A server compares
 * what arrives with both. The length is also what keeps Ceph, which takes an unsigned `x-amz-copy-source` (AWS does not), from copying
 * another object into the part: it does so only for a request without a body. Error: STORAGE_PART_INVALID.
 */
export async function signPart(
  s3: S3Connection,
  key: string,
  uploadId: string,
  part: SignedPart,
  expiresInSeconds: number,
): Promise<SignedRequest> {
  // Without an upload or a number it would be a request that stores an object.
  if (!isPart(uploadId, part)) throw partInvalid(key);
  const request = {
    method: 'PUT' as const,
    key,
    query: { partNumber: String(part.number), uploadId },
    headers: { 'content-length': String(part.length), 'content-md5': part.md5 },
  };
  return sign(s3, request, expiresInSeconds);
}

function isPart(uploadId: string, { number, length, md5 }: SignedPart): boolean {
  const isNumbered = Number.isInteger(number) && number >= 1 && number <= MAX_PARTS;
  const isSized = Number.isInteger(length) && length >= 0 && length <= MAX_PART_BYTES;
  // With another MD5, an empty part would be a way to find out by guesses what other objects have.
  const isSummed = length === 0 ? md5 === MD5_OF_NOTHING : /^[A-Za-z0-9+/]{22}==$/.test(md5);
  return uploadId !== '' && isNumbered && isSized && isSummed;
}

interface Request {
  method: SignedRequest['method'];
  key: string;
  query: Record<string, string>;
  headers: Record<string, string>;
}

async function sign(
  s3: S3Connection,
  { method, key, query, headers }: Request,
  expiresInSeconds: number,
): Promise<SignedRequest> {
  const { client, signer } = await s3.open();
  const { endpoint, region, bucket, pathStyle } = s3.settings;
  // The rules of the SDK know the names of AWS's servers.
  const { url: base } = client.config.endpointProvider({
    Bucket: bucket,
    Region: region,
    ForcePathStyle: pathStyle,
    ...(endpoint === null ? {} : { Endpoint: endpoint }),
  });
  const path = `${base.pathname.replace(/\/$/, '')}/${s3.fullKey(key).split('/').map(escaped).join('/')}`;
  const signed = await signer.presign(
    {
      method,
      protocol: base.protocol,
      hostname: base.hostname,
      path,
      query,
      headers: { ...headers, host: base.host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
    },
    { expiresIn: expiresInSeconds },
  );
  const asked = Object.entries(signed.query ?? {}).map(([name, value]) => `${escaped(name)}=${escaped(String(value))}`);
  return { method, url: `${base.protocol}//${base.host}${path}?${asked.join('&')}`, headers, expiresInSeconds };
}

/** As the signature has it. */
function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.codePointAt(0)?.toString(16).toUpperCase() ?? ''}`,
  );
}

function partInvalid(key: string): AppError {
  return new AppError({
    code: 'STORAGE_PART_INVALID',
    kind: 'storage',
    message: `There is no such part of ${key}.`,
    hint: 'Parts have a number from 1 to 10,000, a length of at most 5 GiB, and an MD5 in base64. This is a fault of backupd.',
    retry: 'never',
    context: { key },
  });
}
