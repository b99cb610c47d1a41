import { AppError } from '../../common/errors/index.js';

export const mirrorNotSet = (): AppError =>
  new AppError({
    code: 'MIRROR_NOT_SET',
    kind: 'precondition',
    message: 'No mirror is set up.',
    hint: 'Set one up: `backupd mirror add` or `PUT /mirror`; docs/mirror-d1.md shows how.',
    retry: 'never',
  });

export const mirrorDisabled = (): AppError =>
  new AppError({
    code: 'MIRROR_DISABLED',
    kind: 'conflict',
    message: 'The mirror is switched off.',
    hint: 'Switch it on: `backupd mirror edit --enable`.',
    retry: 'never',
  });

export const mirrorBusy = (): AppError =>
  new AppError({
    code: 'MIRROR_BUSY',
    kind: 'conflict',
    message: 'The mirror is being synchronised or read already, perhaps by another master of this database.',
    hint: 'Wait a moment.',
    retry: 'later',
  });

/** The catalogue as it is now would take (nearly) everything out of the mirror. */
export const mirrorWouldEmpty = (mirrored: number, gone: number): AppError =>
  new AppError({
    code: 'MIRROR_WOULD_EMPTY',
    kind: 'conflict',
    message: `The mirror has ${mirrored} sites and backups, of which ${gone} are not in this catalogue: nothing was changed, in case this is not the catalogue it mirrors.`,
    hint: 'A fresh database? Bring the catalogue back (`backupd mirror restore`). Was all of it deleted on purpose? `backupd mirror sync --force`.',
    retry: 'never',
    context: { mirrored, gone },
  });

export const mirrorReadDoubtful = (tables: readonly string[]): AppError =>
  new AppError({
    code: 'MIRROR_READ_DOUBTFUL',
    kind: 'conflict',
    message: `More than half of the rows of ${tables.join(', ')} were gone when first read, and not when read again: nothing was deleted from the mirror.`,
    hint: 'It is tried again by itself. Does something else change this database?',
    retry: 'later',
    context: { tables },
  });

export const mirrorRowTooLarge = (rows: number, example: string): AppError =>
  new AppError({
    code: 'MIRROR_ROW_TOO_LARGE',
    kind: 'storage',
    message: `${rows} ${rows === 1 ? 'row is' : 'rows are'} larger than D1 takes and not in the mirror (the first: ${example}). All others are.`,
    hint: 'The daily backup of the catalogue on the storages has them.',
    retry: 'never',
    context: { rows, example },
  });

/** How talking to D1 can fail. `detail` is what Cloudflare said, without secrets. */
export const mirrorUnreachable = (detail: string, cause?: unknown): AppError =>
  new AppError({
    code: 'MIRROR_UNREACHABLE',
    kind: 'storage',
    message: `Cloudflare's API does not answer as it should: ${detail}.`,
    hint: 'What is missing is sent later by itself. Does this host reach the API (proxy, firewall, https://www.cloudflarestatus.com)?',
    retry: 'later',
    ...(cause === undefined ? {} : { cause }),
  });

export const mirrorThrottled = (waitSeconds: number | null): AppError =>
  new AppError({
    code: 'MIRROR_THROTTLED',
    kind: 'storage',
    message: `Cloudflare takes no more requests for now${waitSeconds === null ? '' : ` (for ${waitSeconds} s)`}.`,
    hint: 'What is missing is sent later by itself. The free plan of D1 has a daily limit of written rows.',
    retry: 'later',
  });

export const mirrorTokenRefused = (status: number, detail: string): AppError =>
  new AppError({
    code: 'MIRROR_TOKEN_REFUSED',
    kind: 'storage',
    message: `Cloudflare refuses the API token (${status}: ${detail}).`,
    hint: 'It must be valid and have the permission "D1: Edit" for this account. Check the account id too.',
    retry: 'never',
  });

export const mirrorDatabaseNotFound = (detail: string): AppError =>
  new AppError({
    code: 'MIRROR_DATABASE_NOT_FOUND',
    kind: 'storage',
    message: `Cloudflare finds no such D1 database (${detail}).`,
    hint: 'Check account id and database id: `npx wrangler d1 list` shows both.',
    retry: 'never',
  });

export const mirrorRefused = (status: number, detail: string): AppError =>
  new AppError({
    code: 'MIRROR_REFUSED',
    kind: 'storage',
    message: `D1 refused a statement (${status}: ${detail}).`,
    hint: 'Is the database full (500 MB on the free plan), or were its tables changed by hand?',
    retry: 'later',
  });

export const mirrorAnswerInvalid = (what: string): AppError =>
  new AppError({
    code: 'MIRROR_ANSWER_INVALID',
    kind: 'storage',
    message: `The answer is not one of D1: ${what}.`,
    hint: 'Check the base URL; a proxy in between may have answered instead.',
    retry: 'later',
  });
