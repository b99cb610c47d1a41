import { lstat, realpath } from 'node:fs/promises';
import { isAbsolute, normalize } from 'node:path';
import { Injectable } from '@nestjs/common';
import { errnoOf } from '../../../common/errors/index.js';
import { invalidField } from '../../../common/http/request-errors.js';
import { Patience } from '../../../common/patience.js';
import { canDiscover, type SiteDescription } from '../../../engine/ports/index.js';
import { BackupModuleRegistry } from '../../backup-modules/index.js';
import { pathNotFound } from '../sites.errors.js';

const GONE = new Set(['ENOENT', 'ENOTDIR']);
const PATIENCE_MS = 10_000;

/** What the disk has of a site. */
export interface SeenFolder {
  /** The real path of what is to be backed up. */
  path: string;
  /** Null for a module that can't describe. */
  description: SiteDescription | null;
}

/** Whether something is there; `unknown`: the disk does not say, or does not answer. */
export type Presence = 'there' | 'gone' | 'unknown';

/** Looks at sites on the disk of this host, whether that is the master's or a node's. */
@Injectable()
export class SiteLook {
  private readonly patience = new Patience(PATIENCE_MS, 8);

  constructor(private readonly registry: BackupModuleRegistry) {}

  /** What the module finds at the path. Errors: REQUEST_INVALID (not absolute), PATH_NOT_FOUND, MODULE_UNKNOWN, and the module's (NOT_A_SITE). */
  async describe(module: string, given: string, overrides: Readonly<Record<string, string>>): Promise<SeenFolder> {
    const path = absolute(given);
    const real = await resolveFolder(path);
    const found = this.registry.get(module);
    if (!canDiscover(found)) return { path: real, description: null };
    // The module sees the path as it was given: `releases/current` must not be pinned to one release.
    const description = await found.describe({ path, overrides });
    return { path: await resolveFolder(absolute(description.path)), description };
  }

  /** Whether each of the paths is there. Never throws for what the disk does. */
  async presence(paths: readonly string[]): Promise<Presence[]> {
    const found: Presence[] = [];
    // One after the other: what hangs holds a thread.
    for (const path of paths) found.push(await this.presenceOf(path));
    return found;
  }

  private async presenceOf(path: string): Promise<Presence> {
    try {
      return (await this.patience.look(path, () => presenceOf(path))) ?? 'unknown';
    } catch {
      return 'unknown';
    }
  }
}

/** Only what is surely gone: a folder that may not be looked into tells nothing. */
async function presenceOf(path: string): Promise<Presence> {
  try {
    await lstat(path);
    return 'there';
  } catch (error) {
    return GONE.has(errnoOf(error) ?? '') ? 'gone' : 'unknown';
  }
}

/** The path without dots and a slash at its end. Error: REQUEST_INVALID. */
export function absolute(given: string): string {
  if (!isAbsolute(given) || given.includes('\0')) throw invalidField('path', 'path must be an absolute path');
  const path = normalize(given);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

async function resolveFolder(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    throw pathNotFound(path, errnoOf(error) ?? 'unknown error');
  }
}
