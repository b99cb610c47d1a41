import { realpath } from 'node:fs/promises';
import { isAbsolute, normalize } from 'node:path';
import { Injectable } from '@nestjs/common';
import { errnoOf } from '../../common/errors/index.js';
import { type FieldFault, invalidField, InvalidRequestError } from '../../common/http/index.js';
import { schemaFaults } from '../../common/json-schema.js';
import { canDiscover, type SiteDescription } from '../../engine/ports/index.js';
import { BackupModuleRegistry } from '../backup-modules/index.js';
import { overrideFaults } from './site-overrides.js';
import { pathNotFound } from './sites.errors.js';

const MAX_EXCLUDES = 1000;

/** What a site's configuration is made of. */
export interface SiteInput {
  module: string;
  settings?: Readonly<Record<string, unknown>> | undefined;
  excludes?: readonly string[] | undefined;
  overrides?: Readonly<Record<string, unknown>> | undefined;
}

/** Checks sites before they are saved, with the help of their module. */
@Injectable()
export class SiteInspector {
  constructor(private readonly registry: BackupModuleRegistry) {}

  /** Errors: MODULE_UNKNOWN, REQUEST_INVALID with every fault. */
  check({ module, settings, excludes, overrides }: SiteInput): void {
    const faults = [
      ...schemaFaults(this.registry.get(module).settingsSchema, settings ?? {}, 'settings'),
      ...excludeFaults(excludes ?? []),
      ...overrideFaults(overrides ?? {}),
    ];
    if (faults.length > 0) throw new InvalidRequestError(faults);
  }

  /**
   * What the module finds at the path, and the real path of what is to be backed up; the description is null for a module that can't
   * describe. Errors: REQUEST_INVALID (not absolute), PATH_NOT_FOUND, and the module's (NOT_A_SITE).
   */
  async describe(
    module: string,
    given: string,
    overrides: Readonly<Record<string, string>>,
  ): Promise<{ path: string; description: SiteDescription | null }> {
    const path = absolute(given);
    const real = await resolveFolder(path);
    const found = this.registry.get(module);
    if (!canDiscover(found)) return { path: real, description: null };
    // The module sees the path as it was given: `releases/current` must not be pinned to one release.
    const description = await found.describe({ path, overrides });
    return { path: await resolveFolder(absolute(description.path)), description };
  }
}

function absolute(given: string): string {
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

function excludeFaults(excludes: readonly string[]): FieldFault[] {
  if (excludes.length > MAX_EXCLUDES)
    return [{ field: 'excludes', message: `excludes must be at most ${MAX_EXCLUDES}` }];
  return excludes.flatMap((pattern, index) => {
    const field = `excludes.${index}`;
    if (!pattern.startsWith('/'))
      return [{ field, message: `${field} must start with "/" (the site's root): "/wp-content/cache"` }];
    if (pattern === '/' || pattern.split('/').includes('..') || pattern.includes('\0'))
      return [{ field, message: `${field} must name something inside the site` }];
    return [];
  });
}
