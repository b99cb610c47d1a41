import { EntityManager, type FilterQuery, UniqueConstraintViolationException } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { systemClock } from '../../common/clock.js';
import type { Page } from '../../common/http/index.js';
import { newId } from '../../common/ids.js';
import { cleanLabels } from '../../common/labels.js';
import type { SiteDescription, SiteSpec } from '../../engine/ports/index.js';
import { SecretBox } from '../secrets/index.js';
import { type GivenDestinations, SiteDestinationsCheck } from './site-destinations-check.js';
import { SiteExtensions } from './site-extensions.js';
import { SiteInspector } from './site-inspector.js';
import { MASK, openOverrides, revealOverrides, storeOverrides } from './site-overrides.js';
import { Site, type SiteAlarms, type SiteRetention } from './site.entity.js';
import { siteExists, siteNotFound } from './sites.errors.js';

export interface NewSite {
  path: string;
  /** The host it is on; null or absent = this one. */
  nodeId?: string | null | undefined;
  name?: string | undefined;
  module?: string | undefined;
  settings?: Readonly<Record<string, unknown>> | undefined;
  excludes?: readonly string[] | undefined;
  overrides?: Readonly<Record<string, string>> | undefined;
  /** Null or absent: the default providers. */
  destinations?: GivenDestinations | null | undefined;
  labels?: readonly string[] | undefined;
  timeZone?: string | null | undefined;
  /** The id that a caller of the `/daemon` interface knows it by. */
  externalId?: string | undefined;
}

export interface SiteChanges {
  /** Where it has moved to. */
  path?: string | undefined;
  name?: string | undefined;
  settings?: Readonly<Record<string, unknown>> | undefined;
  excludes?: readonly string[] | undefined;
  overrides?: Readonly<Record<string, string>> | undefined;
  paused?: boolean | undefined;
  labels?: readonly string[] | undefined;
  /** Null: the installation's. */
  timeZone?: string | null | undefined;
  /** Null: the installation's limits. */
  alarms?: SiteAlarms | null | undefined;
  /** Null: the default providers again. */
  destinations?: GivenDestinations | null | undefined;
  /** Checked by the caller; null = the default policy. */
  retention?: SiteRetention | null | undefined;
}

export interface SiteQuery {
  limit: number;
  offset: number;
  search?: string | undefined;
  paused?: boolean | undefined;
  label?: string | undefined;
  /** Null = the master's own host. */
  nodeId?: string | null | undefined;
  /** Only these; null or absent = all. */
  within?: ReadonlySet<string> | null | undefined;
}

const DEFAULT_MODULE = 'wordpress';

/** The registered sites. */
@Injectable()
export class SitesService {
  constructor(
    private readonly em: EntityManager,
    private readonly inspector: SiteInspector,
    private readonly extensions: SiteExtensions,
    private readonly secrets: SecretBox,
    private readonly destinations: SiteDestinationsCheck,
  ) {}

  /** Registers a folder. Errors: SITE_EXISTS, NOT_A_SITE and others of the module, PATH_NOT_FOUND, MODULE_UNKNOWN, REQUEST_INVALID, those of the nodes. */
  async register(input: NewSite): Promise<Site> {
    const module = input.module ?? DEFAULT_MODULE;
    const overrides = withoutMasks(input.overrides ?? {});
    this.inspector.check({ ...input, module, overrides });
    const destinations = await this.destinations.checked(input.destinations ?? null);
    const nodeId = input.nodeId ?? null;
    const { path, description } = await this.inspector.describe(module, input.path, overrides, nodeId);
    const known = await this.findByPath(path, nodeId);
    if (known !== null) throw siteExists(path, known.id, known.name);
    const em = this.em.fork();
    const now = systemClock.now();
    const site = em.create(Site, {
      id: newId(),
      name: input.name ?? nameFor(path, description),
      url: description?.url ?? null,
      path,
      nodeId,
      module,
      externalId: input.externalId ?? null,
      settings: { ...input.settings },
      excludes: [...(input.excludes ?? [])],
      overrides: storeOverrides(overrides, {}, this.secrets),
      labels: cleanLabels(input.labels ?? []),
      timeZone: input.timeZone ?? null,
      paused: false,
      destinations,
      description,
      createdAt: now,
      updatedAt: now,
    });
    try {
      await em.persist(site).flush();
    } catch (error) {
      if (!(error instanceof UniqueConstraintViolationException)) throw error;
      // Someone else was faster.
      const other = await this.findByPath(path, nodeId);
      throw other === null ? error : siteExists(path, other.id, other.name);
    }
    return site;
  }

  async list({ limit, offset, search, paused, label, nodeId, within = null }: SiteQuery): Promise<Page<Site>> {
    const where: FilterQuery<Site>[] = [];
    if (within !== null) where.push({ id: { $in: [...within] } });
    if (paused !== undefined) where.push({ paused });
    if (nodeId !== undefined) where.push({ nodeId });
    if (label !== undefined) where.push({ labels: { $contains: [label.toLowerCase()] } });
    if (search !== undefined && search !== '') {
      const like = { $ilike: `%${search.replace(/[\\%_]/g, String.raw`\$&`)}%` };
      where.push({ $or: [{ name: like }, { path: like }, { url: like }] });
    }
    const [items, total] = await this.em
      .fork()
      .findAndCount(Site, { $and: where }, { limit, offset, orderBy: { name: 'asc', id: 'asc' } });
    return { items, total, limit, offset };
  }

  /** Error: SITE_NOT_FOUND. */
  async get(id: string): Promise<Site> {
    return this.find(this.em.fork(), id);
  }

  /** By its real path on a host (null = this one). */
  async findByPath(path: string, nodeId: string | null = null): Promise<Site | null> {
    return this.em.fork().findOne(Site, { nodeId, path });
  }

  /** By the id that a caller of the `/daemon` interface gave it. */
  async findByExternalId(externalId: string): Promise<Site | null> {
    return this.em.fork().findOne(Site, { externalId });
  }

  /** Lets a caller of the `/daemon` interface use an id of its own for the site; replaces an earlier one. */
  async setExternalId(id: string, externalId: string): Promise<void> {
    await this.em.fork().nativeUpdate(Site, { id }, { externalId });
  }

  /** Replaces what is given; a masked override stays as it is. Errors: SITE_NOT_FOUND, REQUEST_INVALID, and the module's. */
  async update(id: string, changes: SiteChanges): Promise<Site> {
    const em = this.em.fork();
    const site = await this.find(em, id);
    this.inspector.check({ ...changes, module: site.module });
    if (changes.destinations !== undefined) site.destinations = await this.destinations.checked(changes.destinations);
    if (changes.overrides !== undefined || changes.path !== undefined) await this.inspectAnew(site, changes);
    if (changes.name !== undefined) site.name = changes.name;
    if (changes.settings !== undefined) site.settings = { ...changes.settings };
    if (changes.excludes !== undefined) site.excludes = [...changes.excludes];
    if (changes.paused !== undefined) site.paused = changes.paused;
    if (changes.labels !== undefined) site.labels = cleanLabels(changes.labels);
    if (changes.timeZone !== undefined) site.timeZone = changes.timeZone;
    if (changes.alarms !== undefined) site.alarms = changes.alarms === null ? null : { ...changes.alarms };
    if (changes.retention !== undefined) site.retention = changes.retention === null ? null : { ...changes.retention };
    site.updatedAt = systemClock.now();
    await em.flush();
    return site;
  }

  /** Asks the module again what is there, and keeps the answer. Errors: SITE_NOT_FOUND and the module's. */
  async refresh(id: string): Promise<Site> {
    const em = this.em.fork();
    const site = await this.find(em, id);
    const { description } = await this.inspector.describe(
      site.module,
      site.path,
      revealOverrides(site.overrides, this.secrets),
      site.nodeId ?? null,
    );
    site.description = description;
    if (description !== null) site.url = description.url;
    await em.flush();
    return site;
  }

  /** Forgets the site; its backups stay in storage and catalogue. Errors: SITE_NOT_FOUND, and JOB_ACTIVE from the jobs. */
  async remove(id: string): Promise<void> {
    await this.get(id);
    await this.extensions.beforeRemove(id);
    await this.em.fork().nativeDelete(Site, { id });
  }

  /** The site as its module sees it, with its overrides in the clear. Error: SITE_NOT_FOUND. */
  async spec(id: string): Promise<SiteSpec> {
    return this.specOf(await this.get(id));
  }

  /** As `spec`, of a site that was read already. */
  specOf(site: Site): SiteSpec {
    return {
      id: site.id,
      name: site.name,
      url: site.url ?? null,
      path: site.path,
      module: site.module,
      settings: site.settings,
      excludes: site.excludes,
      overrides: revealOverrides(site.overrides, this.secrets),
      about: {
        nodeId: site.nodeId ?? null,
        overrides: openOverrides(site.overrides),
        labels: site.labels,
        timeZone: site.timeZone ?? null,
        retention: site.retention ?? null,
        alarms: site.alarms ?? null,
        externalId: site.externalId ?? null,
      },
    };
  }

  /** At another path, or with other overrides. Errors: SITE_EXISTS and the module's. */
  private async inspectAnew(site: Site, changes: SiteChanges): Promise<void> {
    const stored =
      changes.overrides === undefined
        ? site.overrides
        : storeOverrides(changes.overrides, site.overrides, this.secrets);
    const overrides = revealOverrides(stored, this.secrets);
    const nodeId = site.nodeId ?? null;
    const where = changes.path ?? site.path;
    const { path, description } = await this.inspector.describe(site.module, where, overrides, nodeId);
    if (changes.path !== undefined) {
      const known = await this.findByPath(path, nodeId);
      if (known !== null && known.id !== site.id) throw siteExists(path, known.id, known.name);
      site.path = path;
    }
    site.overrides = stored;
    site.description = description;
    if (description !== null) site.url = description.url;
  }

  private async find(em: EntityManager, id: string): Promise<Site> {
    const site = await em.findOne(Site, { id });
    if (site === null) throw siteNotFound(id);
    return site;
  }
}

function nameFor(path: string, description: SiteDescription | null): string {
  const name = description?.name.trim();
  return (name === undefined || name === '' ? path : name).slice(0, 200);
}

/** Copied from what the API showed: no value at all. */
function withoutMasks(overrides: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== MASK));
}
