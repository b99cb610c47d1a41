import { AppError, errnoOf } from '../../common/errors/index.js';
import { shellWord } from '../../common/shell-word.js';

/** Nothing was answered, or a proxy answered in the master's place. */
export function masterUnreachable(host: string, reason: string): AppError {
  return new AppError({
    code: 'MASTER_UNREACHABLE',
    kind: 'precondition',
    message: `The master at ${host} can't be reached: ${reason}.`,
    hint: 'Check that the master runs, its URL, and that no firewall is between here and there.',
    retry: 'later',
    context: { host },
    // No cause: Node's errors may name whole URLs.
  });
}

/** Its certificate is not one that this node trusts. Nothing was sent. */
export function masterUntrusted(host: string, reason: string, shown?: string): AppError {
  const seen = shown === undefined ? '' : ` It showed the SHA-256 ${shown}.`;
  return new AppError({
    code: 'MASTER_UNTRUSTED',
    kind: 'precondition',
    message: `The master at ${host} can't be trusted: ${reason}.${seen}`,
    hint: 'Compare with the certificate on the master. If it is the right one, join again with --ca <its authority> or --fingerprint <its SHA-256> (and --replace).',
    retry: 'later',
    context: { host, ...(shown === undefined ? {} : { fingerprint: shown }) },
  });
}

export function masterNotSecure(host: string): AppError {
  return new AppError({
    code: 'MASTER_NOT_SECURE',
    kind: 'usage',
    message: `The master's URL is plain http to another host (${host}): anyone on the way could take the node's key.`,
    hint: 'Use https (docs/deploy.md shows how), or say --allow-http (BACKUPD_MASTER_ALLOW_HTTP=yes) where the network between is safe, like a VPN.',
    retry: 'never',
    context: { host },
  });
}

export function masterUrlInvalid(reason: string): AppError {
  return new AppError({
    code: 'MASTER_URL_INVALID',
    kind: 'usage',
    message: `The master's URL ${reason}.`,
    hint: 'It is like https://backup.example.com, the address at which its API answers.',
    retry: 'never',
  });
}

export function nodeKeyRefused(host: string): AppError {
  return new AppError({
    code: 'NODE_KEY_REFUSED',
    kind: 'unauthenticated',
    message: `The master at ${host} refuses this node's key: it was revoked, or the node was removed.`,
    hint: 'If that is not meant, join again: `backupd node join <url> --replace`.',
    retry: 'later',
    context: { host },
  });
}

/** Something answers there, but no backupd. */
export function masterAnswerUnknown(host: string, what: string): AppError {
  return new AppError({
    code: 'MASTER_ANSWER_UNKNOWN',
    kind: 'precondition',
    message: `What answers at ${host} is not a backupd that this node understands: ${what}.`,
    hint: 'Check the URL: it must lead to the API itself, with no other page and no login of a proxy in front.',
    retry: 'later',
    context: { host },
  });
}

export function nodeNotJoined(dataDir: string): AppError {
  return new AppError({
    code: 'NODE_NOT_JOINED',
    kind: 'usage',
    message: `This node belongs to no master yet (data dir ${dataDir}).`,
    hint: `Run: backupd node join <url of the master> --data-dir ${shellWord(dataDir)}`,
    retry: 'never',
    context: { dataDir },
  });
}

export function identityUnreadable(file: string, cause: unknown): AppError {
  return new AppError({
    code: 'NODE_IDENTITY_UNREADABLE',
    kind: 'precondition',
    message: `${file}, with the key of this node, can't be read (${errnoOf(cause) ?? 'it is damaged'}).`,
    hint: 'Run as the user that it belongs to. If it is damaged, join again: `backupd node join <url> --replace`.',
    retry: 'never',
    context: { file },
    cause,
  });
}

export function alreadyJoined(master: string, name: string | null): AppError {
  return new AppError({
    code: 'NODE_ALREADY_JOINED',
    kind: 'conflict',
    message: `This host is already ${name === null ? 'a node' : `the node "${name}"`} of ${master}.`,
    hint: 'To join anew, with a new key, give --replace; the node of before stays known to its master until it is removed there.',
    retry: 'never',
    context: { master },
  });
}

export function joinRefused(): AppError {
  return new AppError({
    code: 'NODE_JOIN_REFUSED',
    kind: 'forbidden',
    message: 'An admin of the master refused this host.',
    hint: 'Ask them; then run the command again.',
    retry: 'never',
  });
}

export function joinExpired(): AppError {
  return new AppError({
    code: 'NODE_JOIN_EXPIRED',
    kind: 'precondition',
    message: 'Nobody approved this host in time.',
    hint: 'Run the command again, and have the code approved before it expires.',
    retry: 'never',
  });
}
