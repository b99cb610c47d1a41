import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/index.js';
import type { DiscoveredSite } from '../../engine/ports/index.js';
import { AppConfig } from '../../config/index.js';
import { BackupModuleRegistry } from '../backup-modules/index.js';
import type { Site } from './site.entity.js';
import { SitesService } from './sites.service.js';

const MAX_DEPTH = 12;

export interface ImportRequest {
  /** Folders to register, each a site. */
  paths?: readonly string[] | undefined;
  /** Folders to scan for sites; the configured ones when neither is given. */
  roots?: readonly string[] | undefined;
}

export interface ImportResult {
  created: Site[];
  existing: Site[];
  skipped: { path: string; reason: string }[];
}

/** Registers many sites at once. What is registered already is reported, not an error. */
@Injectable()
export class SiteImporter {
  constructor(
    private readonly config: AppConfig,
    private readonly registry: BackupModuleRegistry,
    private readonly sites: SitesService,
  ) {}

  async run(request: ImportRequest, signal: AbortSignal): Promise<ImportResult> {
    const result: ImportResult = { created: [], existing: [], skipped: [] };
    for (const path of request.paths ?? []) await this.register(path, undefined, result);
    const roots = request.roots ?? (request.paths === undefined ? this.config.scanRoots : []);
    if (roots.length > 0) await this.importFrom(roots, result, signal);
    return result;
  }

  private async importFrom(roots: readonly string[], result: ImportResult, signal: AbortSignal): Promise<void> {
    const skip = (path: string, reason: string): void => void result.skipped.push({ path, reason });
    for (const module of this.registry.discovering()) {
      const found = module.discover({ roots, maxDepth: MAX_DEPTH, signal, onProblem: skip });
      for await (const site of found) await this.take(site, result);
    }
  }

  private async take(found: DiscoveredSite, result: ImportResult): Promise<void> {
    if (found.isInstall) await this.register(found.path, found.module, result);
    else result.skipped.push({ path: found.path, reason: found.reason });
  }

  private async register(path: string, module: string | undefined, result: ImportResult): Promise<void> {
    try {
      result.created.push(await this.sites.register({ path, module }));
    } catch (error) {
      if (!(error instanceof AppError) || error.kind === 'internal') throw error;
      const existing = error.code === 'SITE_EXISTS' ? error.context['id'] : undefined;
      if (typeof existing === 'string') result.existing.push(await this.sites.get(existing));
      else result.skipped.push({ path, reason: error.message });
    }
  }
}
