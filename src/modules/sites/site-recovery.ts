import { stat } from 'node:fs/promises';
import { EntityManager, UniqueConstraintViolationException } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/index.js';
import { SecretBox } from '../secrets/index.js';
import { SiteInspector } from './site-inspector.js';
import { storeOverrides } from './site-overrides.js';
import { Site, type SiteAlarms, type SiteRetention } from './site.entity.js';

/** A site as a storage knows it. */
export interface FoundSite {
  id: string;
  name: string;
  url: string | null;
  module: string;
  /** The node that it was on, which may be gone; null = the host of the master. */
  nodeId: string | null;
  path: string;
  settings: Readonly<Record<string, unknown>>;
  excludes: readonly string[];
  /** Without those that are secrets. */
  overrides: Readonly<Record<string, string>>;
  labels: readonly string[];
  timeZone: string | null;
  retention: SiteRetention | null;
  alarms: SiteAlarms | null;
  externalId: string | null;
}

/** What became of a found site. `conflict`: another site has its folder; `refused`: it is none that this backupd can keep. */
export interface EnteredSite {
  outcome: 'entered' | 'known' | 'conflict' | 'refused';
  /** What a person should know: that it is paused, why it was not entered. */
  note: string | null;
}

/** Brings sites back that a storage knows and the catalogue does not. */
@Injectable()
export class SiteRecovery {
  constructor(
    private readonly em: EntityManager,
    private readonly inspector: SiteInspector,
    private readonly secrets: SecretBox,
  ) {}

  /**
   * Enters the site; a known one stays as it is. One that was on a node, or whose folder is not on this host, is paused: what lies at its path
   * here is another one's. Idempotent.
   */
  async enter(found: FoundSite): Promise<EnteredSite> {
    const em = this.em.fork();
    if ((await em.count(Site, { id: found.id })) > 0) return { outcome: 'known', note: null };
    try {
      this.inspector.check(found);
    } catch (error) {
      if (!(error instanceof AppError) || error.kind === 'internal') throw error;
      return { outcome: 'refused', note: error.message };
    }
    const isHere = found.nodeId === null && (await stat(found.path).catch(() => null))?.isDirectory() === true;
    const now = new Date();
    const externalId =
      found.externalId !== null && (await em.count(Site, { externalId: found.externalId })) === 0
        ? found.externalId
        : null;
    const site = em.create(Site, {
      ...found,
      externalId,
      settings: { ...found.settings },
      excludes: [...found.excludes],
      labels: [...found.labels],
      overrides: storeOverrides(found.overrides, {}, this.secrets),
      retention: found.retention === null ? null : { ...found.retention },
      alarms: found.alarms === null ? null : { ...found.alarms },
      paused: !isHere,
      description: null,
      createdAt: now,
      updatedAt: now,
    });
    try {
      await em.persist(site).flush();
    } catch (error) {
      if (!(error instanceof UniqueConstraintViolationException)) throw error;
      return this.conflict(found);
    }
    const why =
      found.nodeId === null
        ? `there is no folder ${found.path} on this host`
        : 'it was on a node; `backupd sites move` says where it is now, `backupd sites resume` lets it go on';
    return { outcome: 'entered', note: isHere ? null : `paused: ${why}` };
  }

  private async conflict(found: FoundSite): Promise<EnteredSite> {
    const em = this.em.fork();
    if ((await em.count(Site, { id: found.id })) > 0) return { outcome: 'known', note: null };
    const other = await em.findOne(Site, { nodeId: found.nodeId, path: found.path });
    const whose = other === null ? 'another site' : `the site "${other.name}" (${other.id})`;
    return { outcome: 'conflict', note: `${whose} has the folder ${found.path}` };
  }
}
