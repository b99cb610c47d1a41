import { Injectable } from '@nestjs/common';
import { NodeDirectory } from '../node-tasks/index.js';
import type { SiteDto } from './dto/site.dto.js';
import { type LastBackup, SiteExtensions } from './site-extensions.js';
import { maskOverrides } from './site-overrides.js';
import type { Site } from './site.entity.js';

/** Sites as the API shows them. */
@Injectable()
export class SiteMapper {
  constructor(
    private readonly extensions: SiteExtensions,
    private readonly nodes: NodeDirectory,
  ) {}

  async one(site: Site): Promise<SiteDto> {
    const [dto] = await this.many([site]);
    return dto ?? toDto(site, undefined, undefined, new Map());
  }

  async many(sites: readonly Site[]): Promise<SiteDto[]> {
    const ids = sites.map((site) => site.id);
    const backups = await this.extensions.lastBackups(ids);
    const nextRuns = await this.extensions.nextRuns(ids);
    const nodes = await this.nodes.names(sites.map(({ nodeId }) => nodeId));
    return sites.map((site) => toDto(site, backups.get(site.id), nextRuns.get(site.id), nodes));
  }
}

function toDto(
  site: Site,
  backup: LastBackup | undefined,
  nextRun: Date | undefined,
  nodes: ReadonlyMap<string, string>,
): SiteDto {
  return {
    id: site.id,
    name: site.name,
    url: site.url ?? null,
    path: site.path,
    module: site.module,
    nodeId: site.nodeId ?? null,
    nodeName: typeof site.nodeId === 'string' ? (nodes.get(site.nodeId) ?? null) : null,
    settings: site.settings,
    excludes: site.excludes,
    overrides: maskOverrides(site.overrides),
    labels: site.labels,
    timeZone: site.timeZone ?? null,
    paused: site.paused,
    destinations: site.destinations ?? null,
    retention: site.retention ?? null,
    alarms: site.alarms ?? null,
    createdAt: site.createdAt.toISOString(),
    updatedAt: site.updatedAt.toISOString(),
    lastBackup:
      backup === undefined
        ? null
        : {
            id: backup.id,
            createdAt: backup.createdAt.toISOString(),
            status: backup.status,
            provenAt: backup.provenAt?.toISOString() ?? null,
          },
    nextRun: site.paused ? null : (nextRun?.toISOString() ?? null),
    description: site.description ?? null,
  };
}
