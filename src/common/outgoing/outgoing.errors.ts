import { AppError, errnoOf } from '../errors/index.js';

export function outgoingRefused(host: string, address: string): AppError {
  const which = host === address ? address : `${host} (${address})`;
  return new AppError({
    code: 'OUTGOING_REFUSED',
    kind: 'usage',
    message: `backupd may not send to ${which}: the address is of this host, of its link, or not of one host.`,
    hint: `If that is meant, set BACKUPD_OUTGOING_ALLOW=${address} on the server (addresses or ranges, separated by ",") and restart it.`,
    retry: 'never',
    context: { host, address },
  });
}

/** Never with the URL: in webhooks it is a secret. */
export function outgoingUrlInvalid(): AppError {
  return new AppError({
    code: 'OUTGOING_URL_INVALID',
    kind: 'usage',
    message: 'The URL to send to is not a URL that starts with https:// or http://.',
    hint: 'Correct the URL.',
    retry: 'never',
  });
}

export function outgoingTimeout(host: string, timeoutMs: number): AppError {
  return new AppError({
    code: 'OUTGOING_TIMEOUT',
    kind: 'precondition',
    message: `${host} did not answer within ${timeoutMs / 1000} s.`,
    hint: 'Check that it runs and that no firewall is in the way.',
    retry: 'later',
    context: { host },
  });
}

export function outgoingFailed(host: string, cause: unknown): AppError {
  const code = codeOf(cause);
  return new AppError({
    code: 'OUTGOING_FAILED',
    kind: 'precondition',
    message: `${host} can't be reached: ${reasons[code] ?? code}.`,
    hint: 'Check the name, the port and the certificate of the other side, and that this host may reach it.',
    retry: 'later',
    context: { host, reason: code },
    // No cause: Node's errors may name the whole URL.
  });
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return errnoOf(error) ?? 'the connection broke';
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there (ECONNREFUSED)',
  ECONNRESET: 'it closed the connection (ECONNRESET)',
  ENOTFOUND: 'the name is not known (ENOTFOUND)',
  EAI_AGAIN: 'the name can not be looked up now (EAI_AGAIN)',
  EHOSTUNREACH: 'no way leads there (EHOSTUNREACH)',
  ENETUNREACH: 'no way leads there (ENETUNREACH)',
  CERT_HAS_EXPIRED: 'its certificate has expired (CERT_HAS_EXPIRED)',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT)',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name (ERR_TLS_CERT_ALTNAME_INVALID)',
};
