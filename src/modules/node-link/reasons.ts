import { errnoOf } from '../../common/errors/index.js';

/** OpenSSL's and Node's verdicts on a certificate. */
const CERTIFICATE: ReadonlyMap<string, string> = new Map([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'its certificate is self-signed'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate comes from an authority that is not known here'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its certificate comes from an authority that is not known here'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'its certificate comes from an authority that is not known here'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'its certificate comes from an authority that is not known here'],
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['CERT_NOT_YET_VALID', 'its certificate is not valid yet, or the clock here is wrong'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another name'],
  ['HOSTNAME_MISMATCH', 'its certificate is for another name'],
  ['CERT_REVOKED', 'its certificate was revoked'],
  ['CERT_UNTRUSTED', 'its certificate is not trusted'],
  ['CERT_REJECTED', 'its certificate is not trusted'],
  ['CERT_SIGNATURE_FAILURE', 'its certificate is not signed as it says'],
  ['CERT_CHAIN_TOO_LONG', 'its certificate has too long a chain'],
  ['PATH_LENGTH_EXCEEDED', 'its certificate has too long a chain'],
  ['INVALID_CA', 'its certificate was signed by one that may not sign'],
  ['INVALID_PURPOSE', 'its certificate is not for servers'],
]);

const NETWORK: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'nothing listens there'],
  ['ECONNRESET', 'the connection broke'],
  ['EPIPE', 'the connection broke'],
  ['ETIMEDOUT', 'no answer came in time'],
  ['ENOTFOUND', 'its name is not known'],
  ['EAI_AGAIN', 'its name can not be looked up now'],
  ['EHOSTUNREACH', 'no way leads there'],
  ['ENETUNREACH', 'no way leads there'],
  ['EPROTO', 'it speaks no https there'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'it speaks no https there'],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'it speaks no https there'],
  ['HPE_INVALID_CONSTANT', 'it speaks no http there'],
]);

/** What is wrong with a certificate; null when the fault is another. */
export function certificateFault(error: unknown): string | null {
  const code = codeOf(error);
  const words = CERTIFICATE.get(code);
  return words === undefined ? null : `${words} (${code})`;
}

/** Why a connection failed, without addresses and URLs. */
export function networkFault(error: unknown): string {
  const code = codeOf(error);
  const words = NETWORK.get(code);
  return words === undefined ? code : `${words} (${code})`;
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return errnoOf(error) ?? 'the connection broke';
}
