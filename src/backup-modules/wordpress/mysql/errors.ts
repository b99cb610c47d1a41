import { AppError, errnoOf } from '../../../common/errors/index.js';

/** Where a connection was meant to go, for messages: never holds the password. */
export interface DatabaseTarget {
  /** `socket /run/mysqld/mysqld.sock` or `db.example.org:3306`. */
  server: string;
  user: string;
  database: string | null;
}

interface ServerError {
  errno: number | undefined;
  code: string | undefined;
  message: string;
}

function serverErrorOf(error: unknown): ServerError {
  const errno = error instanceof Error && 'errno' in error && typeof error.errno === 'number' ? error.errno : undefined;
  const message = error instanceof Error ? error.message : String(error);
  return { errno, code: errnoOf(error), message };
}

interface Translation {
  code: string;
  kind: 'source' | 'precondition';
  message: (target: DatabaseTarget, text: string) => string;
  hint: string;
  retry: 'never' | 'later' | 'maybe';
}

const unreachable: Translation = {
  code: 'DATABASE_UNREACHABLE',
  kind: 'source',
  message: (target, text) => `The database server at ${target.server} does not answer: ${text}`,
  hint: 'Check that the server runs and that DB_HOST (host, port or socket) is right as seen from this host. An override for DB_HOST can be set on the site.',
  retry: 'later',
};
const loginRefused: Translation = {
  code: 'DATABASE_LOGIN_REFUSED',
  kind: 'source',
  message: (target, text) => `The database server at ${target.server} refused user '${target.user}': ${text}`,
  hint: "Check DB_USER and DB_PASSWORD in the site's configuration, or set overrides for them on the site. MySQL accounts differ between localhost (socket) and 127.0.0.1 (TCP).",
  retry: 'never',
};
const notFound: Translation = {
  code: 'DATABASE_NOT_FOUND',
  kind: 'source',
  message: (target) => `The database '${target.database ?? ''}' does not exist on the server at ${target.server}.`,
  hint: 'Check DB_NAME, or create the database.',
  retry: 'never',
};
const denied: Translation = {
  code: 'DATABASE_DENIED',
  kind: 'source',
  message: (target, text) => `User '${target.user}' lacks a right on the database '${target.database ?? ''}': ${text}`,
  hint: 'Grant the missing privilege, e.g. GRANT ALL PRIVILEGES ON the database TO the user.',
  retry: 'never',
};
const busy: Translation = {
  code: 'DATABASE_BUSY',
  kind: 'source',
  message: (target, text) => `The database server at ${target.server} takes no more connections: ${text}`,
  hint: 'It will be tried again. Raise max_connections or max_user_connections when this happens often.',
  retry: 'later',
};
/** Locks, deadlocks, statements that were ended, memory: others are in the way just now. */
const held: Translation = {
  code: 'DATABASE_BUSY',
  kind: 'source',
  message: (target, text) => `The database server at ${target.server} was too busy: ${text}`,
  hint: 'It will be tried again. When this happens often, back up at another time, or look for long transactions on the server.',
  retry: 'later',
};
const crashed: Translation = {
  code: 'DATABASE_TABLE_CRASHED',
  kind: 'source',
  message: (target, text) => `A table of the database '${target.database ?? ''}' is damaged: ${text}`,
  hint: 'Run REPAIR TABLE (MyISAM, Aria) or CHECK TABLE on it, then back up again.',
  retry: 'never',
};
const needsTls: Translation = {
  code: 'DATABASE_TLS_FAILED',
  kind: 'source',
  message: (target, text) => `No encrypted connection to the database server at ${target.server}: ${text}`,
  hint: 'The server demands TLS or offers a certificate that does not fit. Check its TLS settings.',
  retry: 'never',
};
const failed: Translation = {
  code: 'DATABASE_FAILED',
  kind: 'source',
  message: (target, text) => `The database server at ${target.server} reported: ${text}`,
  hint: "The server's error log may say more.",
  retry: 'maybe',
};

const byNumber = new Map<number, Translation>([
  ...[1045, 1130, 1251, 1275, 1524, 1698, 1820, 1862, 3118, 4151].map((n): [number, Translation] => [n, loginRefused]),
  [1049, notFound],
  ...[1044, 1142, 1143, 1227, 1370].map((n): [number, Translation] => [n, denied]),
  ...[1040, 1135, 1203, 1226, 1129].map((n): [number, Translation] => [n, busy]),
  ...[1037, 1041, 1205, 1213, 1317, 1969, 3024].map((n): [number, Translation] => [n, held]),
  ...[126, 127, 130, 144, 145, 1033, 1034, 1035, 1194, 1195, 1712].map((n): [number, Translation] => [n, crashed]),
  [3159, needsTls],
  ...[1053, 1158, 1159, 1160, 1161, 1927, 2002, 2003, 2005, 2006, 2013, 2055, 4031].map((n): [number, Translation] => [
    n,
    unreachable,
  ]),
  [2026, needsTls],
]);

const unreachableCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'ENOTSOCK',
  'EACCES',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EPIPE',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
]);

function pick(error: ServerError): Translation {
  if (error.code === 'HANDSHAKE_SSL_ERROR' || error.code === 'HANDSHAKE_NO_SSL_SUPPORT') return needsTls;
  if (error.code === 'AUTH_SWITCH_PLUGIN_ERROR') return loginRefused;
  if (error.code !== undefined && unreachableCodes.has(error.code)) return unreachable;
  return (error.errno === undefined ? undefined : byNumber.get(error.errno)) ?? failed;
}

/** What a server says has no full stop, and another sentence may follow. */
const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

function build(translation: Translation, error: ServerError, target: DatabaseTarget, cause: unknown): AppError {
  return new AppError({
    code: translation.code,
    kind: translation.kind,
    message: translation.message(target, sentence(error.message)),
    hint: translation.hint,
    retry: translation.retry,
    context: {
      server: target.server,
      user: target.user,
      database: target.database,
      ...(error.errno === undefined ? {} : { errno: error.errno }),
    },
    cause,
  });
}

/** An error of the driver as AppError (codes in docs/errors.md). An AppError is handed back as it is. */
export function translateMySqlError(error: unknown, target: DatabaseTarget): AppError {
  if (error instanceof AppError) return error;
  // The driver keeps the statement, which may hold rows of a site or a password (CREATE USER): never to be logged.
  if (error instanceof Error && 'sql' in error) delete error.sql;
  const found = serverErrorOf(error);
  return build(pick(found), found, target, error);
}

/** The error number in the text of a command-line client (`mariadb-dump: Got error: 1045: "…"`), if it names one. */
export function errorNumberIn(text: string): number | null {
  const match = /(?:Got error: |\bError:? |ERROR |errno: |\()(\d{3,4})\b[):]?/.exec(text);
  return match ? Number(match[1]) : null;
}

/** What a command-line client complained about, as an AppError; null when its text has no number we know. */
export function translateClientText(text: string, target: DatabaseTarget): AppError | null {
  const errno = errorNumberIn(text);
  const translation = errno === null ? undefined : byNumber.get(errno);
  if (errno === null || !translation) return null;
  return build(translation, { errno, code: undefined, message: text }, target, undefined);
}
