import { posix } from 'node:path';
import { invalidField } from '../../common/http/index.js';
import type { RestoreRequest } from '../../engine/ports/index.js';
import { isSafeMemberPath } from '../../engine/snapshot/manifest/index.js';
import type { RequestSecrets } from '../jobs/index.js';
import type { RestoreDto } from './dto/restore.dto.js';
import { restorePathInvalid, targetForbidden } from './restore.errors.js';

/** A request in two parts: what the job row shows, and what is sealed. */
export interface SplitRequest {
  open: Record<string, unknown>;
  secrets: Record<string, unknown>;
}

/** The request, checked and with its defaults. Errors: PATH_INVALID, TARGET_FORBIDDEN, REQUEST_INVALID. */
export function restoreRequest(dto: RestoreDto, ownFolders: readonly string[]): RestoreRequest {
  const paths = (dto.paths ?? []).map((path) => relativePath(path));
  if (dto.what === 'database' && paths.length > 0) {
    throw invalidField('paths', 'paths can not be given when only the database is restored');
  }
  if (dto.what === 'files' && dto.targetDatabase !== undefined) {
    throw invalidField('targetDatabase', 'targetDatabase can not be given when only files are restored');
  }
  if (dto.what === 'database' && dto.delta === true) {
    throw invalidField('delta', 'delta can not be given when only the database is restored');
  }
  const { targetDatabase: target, adminDatabase: admin } = dto;
  return {
    what: paths.length > 0 ? 'files' : dto.what,
    paths,
    targetPath: dto.targetPath === undefined ? null : targetFolder(dto.targetPath, ownFolders),
    targetDatabase: target === undefined ? null : defined(target),
    adminDatabase: admin === undefined ? null : defined(admin),
    extraFiles: dto.extraFiles ?? (paths.length > 0 ? 'keep' : 'delete'),
    delta: dto.delta ?? false,
  };
}

/** Takes the passwords out. */
export function splitRequest(request: RestoreRequest): SplitRequest {
  const { targetDatabase, adminDatabase, ...rest } = request;
  const secrets: Record<string, unknown> = {};
  const open: Record<string, unknown> = { ...rest, targetDatabase: null, adminDatabase: null };
  if (targetDatabase !== null) {
    const { password, ...shown } = targetDatabase;
    open['targetDatabase'] = shown;
    secrets['targetPassword'] = password;
  }
  if (adminDatabase !== null) {
    const { password, ...shown } = adminDatabase;
    open['adminDatabase'] = shown;
    secrets['adminPassword'] = password;
  }
  return { open, secrets };
}

/** Puts them back in. The open part is what `splitRequest` made. */
export function joinRequest(open: Record<string, unknown>, secrets: RequestSecrets): RestoreRequest {
  const request = structuredClone(open);
  putBack(request, 'targetDatabase', secrets['targetPassword']);
  putBack(request, 'adminDatabase', secrets['adminPassword']);
  // What splitRequest took apart, checked when it came in.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return request as unknown as RestoreRequest;
}

function putBack(request: Record<string, unknown>, name: string, password: unknown): void {
  const database = request[name];
  if (typeof database === 'object' && database !== null) {
    request[name] = { ...database, password: typeof password === 'string' ? password : '' };
  }
}

function relativePath(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  if (path.startsWith('/')) throw restorePathInvalid(path, 'it is absolute');
  if (!isSafeMemberPath(Buffer.from(trimmed, 'utf8'))) {
    throw restorePathInvalid(path, 'it is empty or has an empty, "." or ".." part');
  }
  return trimmed;
}

function targetFolder(path: string, ownFolders: readonly string[]): string {
  if (!posix.isAbsolute(path)) throw restorePathInvalid(path, 'the target folder must be absolute');
  if (path.includes('\0') || path.split('/').includes('..')) throw restorePathInvalid(path, 'it has a ".." part');
  const folder = posix.normalize(path).replace(/(?<=.)\/+$/, '');
  if (folder === '/') throw restorePathInvalid(path, 'it is the root of the file system');
  for (const own of ownFolders) {
    if (isWithin(folder, own)) throw targetForbidden(folder, own);
  }
  return folder;
}

function isWithin(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(`${outer}/`);
}

/** Plain copy without absent fields. */
function defined<T extends object>(value: T): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;
}
