import { AppError } from '../../common/errors/index.js';

export function catalogueDamaged(detail: string, cause?: unknown): AppError {
  return new AppError({
    code: 'CATALOGUE_DAMAGED',
    kind: 'damaged',
    message: `The catalogue backup can't be used: ${detail}.`,
    hint: 'Take an older one, or one of another storage; without any, rebuild the catalogue from the manifests (`backupd recover --no-key`).',
    retry: 'never',
    ...(cause === undefined ? {} : { cause }),
  });
}

export function catalogueFormatUnsupported(format: string): AppError {
  return new AppError({
    code: 'CATALOGUE_FORMAT_UNSUPPORTED',
    kind: 'precondition',
    message: `The catalogue backup has the format ${format.slice(0, 60)}, which this version of backupd does not know.`,
    hint: 'It was made by a newer backupd: install that version.',
    retry: 'never',
  });
}

export function catalogueNewer(version: string, unknown: readonly string[]): AppError {
  return new AppError({
    code: 'CATALOGUE_NEWER',
    kind: 'precondition',
    message: `The catalogue backup was made by backupd ${version}, whose database has changes that this version does not know.`,
    hint: 'Install that version, or a later one.',
    retry: 'never',
    context: { version, unknown: unknown.slice(0, 20) },
  });
}

export function catalogueNotEmpty(sites: number, backups: number): AppError {
  return new AppError({
    code: 'CATALOGUE_NOT_EMPTY',
    kind: 'conflict',
    message: `This backupd has a catalogue of its own already (${sites} sites, ${backups} backups).`,
    hint: 'Recover on an empty data dir. To add what a storage has and the catalogue has not: `backupd catalogue rebuild --from <storage>`.',
    retry: 'never',
    context: { sites, backups },
  });
}

export function catalogueBackupNotFound(key: string | null): AppError {
  return new AppError({
    code: 'CATALOGUE_BACKUP_NOT_FOUND',
    kind: 'not-found',
    message: key === null ? 'This storage has no catalogue backup.' : `This storage has no catalogue backup ${key}.`,
    hint: 'Look at another storage, or rebuild the catalogue from the manifests (`backupd catalogue rebuild --from <storage>`).',
    retry: 'never',
  });
}

export function catalogueBusy(): AppError {
  return new AppError({
    code: 'CATALOGUE_BUSY',
    kind: 'conflict',
    message: 'The catalogue is being backed up, rebuilt or recovered already.',
    hint: 'Wait for it to end; `backupd catalogue` (`GET /catalogue`) shows it.',
    retry: 'later',
  });
}

export function catalogueTaskNotFound(id: string): AppError {
  return new AppError({
    code: 'CATALOGUE_TASK_NOT_FOUND',
    kind: 'not-found',
    message: 'There is no task of the catalogue with this id.',
    hint: 'Tasks are kept until the server is restarted; start it again, that does no harm.',
    retry: 'never',
    context: { id },
  });
}

/** Nothing could be stored anywhere. */
export function catalogueNotStored(failures: readonly { provider: string; message: string }[]): AppError {
  return new AppError({
    code: 'CATALOGUE_NOT_STORED',
    kind: 'storage',
    message:
      failures.length === 0
        ? 'There is no enabled storage to back the catalogue up to.'
        : `No storage took the catalogue backup: ${failures.map((each) => `${each.provider}: ${each.message}`).join(' ')}`,
    hint: 'Test the storages: `backupd storage test <storage>`.',
    retry: 'later',
  });
}

export function secretKeyMalformed(): AppError {
  return new AppError({
    code: 'SECRET_KEY_MALFORMED',
    kind: 'usage',
    message: 'What was given as the secret key is none.',
    hint: 'Give what `backupd secrets export` printed: 32 bytes in base64 (44 characters) or hex (64).',
    retry: 'never',
  });
}
