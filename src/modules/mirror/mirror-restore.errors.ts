import { AppError } from '../../common/errors/index.js';

export const catalogueNotEmpty = (rows: number): AppError =>
  new AppError({
    code: 'CATALOGUE_NOT_EMPTY',
    kind: 'conflict',
    message: `This catalogue is not empty: it has ${rows} ${rows === 1 ? 'row' : 'rows'} of sites, backups or quotas.`,
    hint: 'A catalogue is only brought back into an empty database: start backupd on a new one.',
    retry: 'never',
    context: { rows },
  });

export const mirrorEmpty = (serverId: string, known: readonly string[]): AppError =>
  new AppError({
    code: 'MIRROR_EMPTY',
    kind: 'not-found',
    message: `The mirror has nothing of the server "${serverId}".`,
    hint:
      known.length === 0
        ? 'It has nothing of any server. Check the database id.'
        : `It has the servers: ${known.join(', ')}. Name one (\`backupd mirror restore --server <id>\`).`,
    retry: 'never',
    context: { serverId, known },
  });

export const mirrorChanged = (what: string): AppError =>
  new AppError({
    code: 'MIRROR_CHANGED',
    kind: 'conflict',
    message: `The mirror was not read as a whole: ${what}. Nothing was loaded.`,
    hint: 'Stop the server that still writes to it, and try again.',
    retry: 'maybe',
  });

export const mirrorRowDamaged = (table: string, rowId: string): AppError =>
  new AppError({
    code: 'MIRROR_ROW_DAMAGED',
    kind: 'damaged',
    message: `The row ${rowId} of ${table} is not in the mirror as it was sent. Nothing was loaded.`,
    hint: "Was it changed by hand? Go back with D1's Time Travel, or rebuild from a storage.",
    retry: 'never',
    context: { table, rowId },
  });

export const mirrorKeyDiffers = (keyIds: readonly string[]): AppError =>
  new AppError({
    code: 'MIRROR_KEY_DIFFERS',
    kind: 'precondition',
    message: `The credentials in the mirror were sealed with another key (${keyIds.join(', ')}) than this secret.key. Nothing was loaded.`,
    hint: 'Put the original secret.key into the data dir and start again; or load without it (`backupd mirror restore --without-key`) and enter all credentials anew.',
    retry: 'never',
    context: { keyIds },
  });

/** `what` is what PostgreSQL names: a column or a constraint, never a value. */
export const mirrorSchemaDiffers = (table: string, what: string, cause: unknown): AppError =>
  new AppError({
    code: 'MIRROR_SCHEMA_DIFFERS',
    kind: 'conflict',
    message: `Rows of ${table} do not fit the tables of this version: ${what}. Nothing was loaded.`,
    hint: 'Use the version of backupd that wrote the mirror, or a newer one.',
    retry: 'never',
    context: { table },
    cause,
  });
