import { readFile } from 'node:fs/promises';
import { secretKeyId } from '../../common/secret-key.js';
import type { DataPaths } from '../../config/index.js';
import type { DiagnosticCheck } from '../../engine/ports/index.js';
import { checkPrivate } from './host-checks.js';

/** Whether the secret key is closed to others. `given`: it comes from the configuration. */
export async function checkKey(paths: DataPaths, given: boolean): Promise<DiagnosticCheck> {
  const name = 'secret key';
  return given
    ? { name, status: 'ok', message: 'It comes from the configuration.' }
    : checkPrivate(name, paths.secretKey);
}

/** Whether the secret key was ever exported: without a copy elsewhere, a lost server loses its credentials. */
export async function checkKeyCopy(paths: DataPaths, given: boolean): Promise<DiagnosticCheck> {
  const name = 'copy of the secret key';
  if (given) return { name, status: 'ok', message: 'Who wrote the configuration has it.' };
  const exported = (await readFile(paths.secretExported, 'utf8').catch(() => '')).trim();
  if (exported === secretKeyId(await readFile(paths.secretKey)))
    return { name, status: 'ok', message: 'The key was exported.' };
  return {
    name,
    status: 'warning',
    message: `${exported === '' ? 'The secret key was never exported' : 'The secret key was changed after it was exported'}: when this server is lost, its stored credentials are too.`,
    hint: '`backupd secrets export <file>`, and keep that file somewhere else.',
  };
}
