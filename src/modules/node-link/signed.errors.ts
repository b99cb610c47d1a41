import { AppError } from '../../common/errors/index.js';
import { certificateFault, networkFault } from './reasons.js';

// Never with the URL, nor the cause: whoever has the URL has the object.

export function storageUnreachable(host: string, reason: string): AppError {
  return new AppError({
    code: 'STORAGE_UNREACHABLE',
    kind: 'storage',
    message: `The storage at ${host} can't be reached (${reason}).`,
    hint: 'Check that this host may reach it, and the state page of the service.',
    retry: 'later',
    context: { host },
  });
}

/** What Node says of the connection. */
export function connectionFault(host: string, error: unknown): AppError {
  const untrusted = certificateFault(error);
  if (untrusted === null) return storageUnreachable(host, networkFault(error));
  return new AppError({
    code: 'STORAGE_TLS_FAILED',
    kind: 'storage',
    message: `No secure connection to the storage at ${host}: ${untrusted}.`,
    hint: "If the storage has a certificate of your own authority, give it in the storage's settings on the master (caPem).",
    retry: 'maybe',
    context: { host },
  });
}

const CHANGED: ReadonlySet<string> = new Set([
  'BadDigest',
  'InvalidDigest',
  'XAmzContentSHA256Mismatch',
  'IncompleteBody',
]);

/** An answer that is no success. `name`: what an S3 server calls it, empty where it says nothing. */
export function storageRefusal(host: string, status: number, name: string): AppError {
  const said = name === '' ? `status ${status}` : `${name}, status ${status}`;
  const base = { kind: 'storage' as const, context: { host, status } };
  if (CHANGED.has(name))
    return new AppError({
      ...base,
      code: 'STORAGE_CHECKSUM_MISMATCH',
      message: `The storage at ${host} got other bytes than were announced (${said}).`,
      hint: 'Memory or network between here and there are faulty if this comes again.',
      retry: 'later',
    });
  if (status === 401 || status === 403)
    return new AppError({
      ...base,
      code: 'STORAGE_DENIED',
      message: `The storage at ${host} refuses what the master signed for this node (${said}).`,
      hint: "The signature may have expired: a new one is asked for when it is tried again. Else check the storage's credentials and the master's clock.",
      retry: 'later',
    });
  if (status === 404)
    return new AppError({
      ...base,
      code: 'STORAGE_OBJECT_NOT_FOUND',
      message: `The storage at ${host} does not have it (${said}).`,
      hint: 'It was deleted or never finished. A verify of the backup shows what else is missing.',
      retry: 'maybe',
    });
  if (status === 507)
    return new AppError({
      ...base,
      code: 'STORAGE_FULL',
      message: `The storage at ${host} is full (${said}).`,
      hint: 'Free some space there, or raise its quota.',
      retry: 'maybe',
    });
  if (status === 429 || status >= 500) return storageUnreachable(host, said);
  return new AppError({
    ...base,
    code: 'STORAGE_FAILED',
    message: `The storage at ${host} refuses (${said}).`,
    hint: 'Check the settings of this storage on the master.',
    retry: 'maybe',
  });
}
