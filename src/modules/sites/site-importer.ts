import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/index.js';
import type { DiscoveredSite } from '../../engine/ports/index.js';
import { ScannerService } from '../scanner/index.js';
import type { Site } from './site.entity.js';
import { type NewSite, SitesService } from './sites.service.js';

export interface ImportRequest {
  /** Folders to register, each a site. */
  paths?: readonly string[] | undefined;
  /** Folders to scan for sites; the configured ones when neither is given. */
  roots?: readonly string[] | undefined;
  /** The host to look on; null or absent = this one. */
  nodeId?: string | null | undefined;
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
    private readonly scanner: ScannerService,
    private readonly sites: SitesService,
  ) {}

  async run(request: ImportRequest, signal: AbortSignal): Promise<ImportResult> {
    const { paths, roots } = request;
    const nodeId = request.nodeId ?? null;
    const result: ImportResult = { created: [], existing: [], skipped: [] };
    for (const path of paths ?? []) await this.register({ path, nodeId }, result);
    if (roots === undefined ? paths === undefined : roots.length > 0)
      for await (const event of this.scanner.scan({ roots, nodeId, signal })) {
        if (event.type === 'problem') result.skipped.push({ path: event.path, reason: event.message });
        if (event.type === 'found') await this.take(event.site, nodeId, result);
      }
    return result;
  }

  private async take(found: DiscoveredSite, nodeId: string | null, result: ImportResult): Promise<void> {
    const { path, module, isInstall, reason } = found;
    if (isInstall) await this.register({ path, module, nodeId }, result);
    else result.skipped.push({ path, reason });
  }

  private async register(site: NewSite & { nodeId: string | null }, result: ImportResult): Promise<void> {
    try {
      result.created.push(await this.sites.register(site));
    } catch (error) {
      if (!(error instanceof AppError) || error.kind === 'internal' || error.code.startsWith('NODE_')) throw error;
      const existing = error.code === 'SITE_EXISTS' ? error.context['id'] : undefined;
      if (typeof existing === 'string') result.existing.push(await this.sites.get(existing));
      else result.skipped.push({ path: site.path, reason: error.message });
    }
  }
}
