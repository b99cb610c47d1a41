import { AppError } from '../../../common/errors/index.js';
import { errorNumberIn, translateClientText, type DatabaseTarget } from '../mysql/index.js';
import type { ClientEnd } from './run-dump-client.js';

/** Errors of a table that was altered, dropped or replaced since the dump's snapshot: a new snapshot helps. */
const CHANGED_MEANWHILE = new Set([1412, 1146, 1356, 1615, 1213, 1684, 1054]);

/** Whether the server's error number says that a table changed under a query. */
export function isChange(errno: number): boolean {
  return CHANGED_MEANWHILE.has(errno);
}

/** Whether the dump program stopped because a table changed under it. */
export function changedMeanwhile(end: ClientEnd): boolean {
  const errno = errorNumberIn(end.complaint);
  return (
    end.code !== 0 &&
    ((errno !== null && CHANGED_MEANWHILE.has(errno)) || /definition has changed/i.test(end.complaint))
  );
}

/** The dump program said that it failed. */
export function dumpFailed(end: ClientEnd, program: string, target: DatabaseTarget): AppError {
  const known = translateClientText(end.complaint, target);
  if (known) return known;
  const how = end.signal !== null ? `was ended by ${end.signal}` : `ended with exit code ${end.code ?? 'unknown'}`;
  return new AppError({
    code: 'DUMP_FAILED',
    kind: 'source',
    message: `${program} ${how}: ${end.complaint || 'it gave no reason'}`,
    hint: "See what the program said. The database server's error log may say more.",
    retry: 'maybe',
    context: { program, exitCode: end.code, signal: end.signal, database: target.database },
  });
}

/** A table kept changing, and the dump program stopped at it each time. */
export function dumpKeptChanging(table: string, attempts: number, cause: AppError): AppError {
  return new AppError({
    code: 'DUMP_TABLE_CHANGED',
    kind: 'source',
    message: `The table '${table}' was altered or replaced during each of ${attempts} dumps.`,
    hint: 'An update seems to be running on the site. Run the backup again when it is over.',
    retry: 'later',
    context: { table },
    cause,
  });
}

/** The dump program claims success, but its output stops short. */
export function dumpIncomplete(program: string, database: string, bytes: number, reason: string): AppError {
  return new AppError({
    code: 'DUMP_INCOMPLETE',
    kind: 'source',
    message: `The dump of '${database}' is not whole: ${reason}.`,
    hint: 'Nothing was saved from it. Check the memory and the log of the host (was the client killed?), then run the backup again.',
    retry: 'maybe',
    context: { program, database, bytes },
  });
}
