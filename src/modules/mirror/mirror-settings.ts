import { createHash } from 'node:crypto';
import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { invalidField } from '../../common/http/index.js';
import { newId } from '../../common/ids.js';
import { SettingsService } from '../settings/index.js';
import type { D1Target } from './d1/d1-client.js';
import { mirrorNotSet } from './mirror.errors.js';
import { MIRROR_SETTING, MIRROR_STATUS } from './mirrored-tables.js';
import { MirroredRow } from './mirrored-row.entity.js';

export const CLOUDFLARE_API = 'https://api.cloudflare.com/client/v4';

/** The mirror's settings, without the token. */
export interface MirrorConfig {
  enabled: boolean;
  accountId: string;
  databaseId: string;
  baseUrl: string;
  /** Whose rows these are among those of several servers in one database. */
  serverId: string;
}

export interface MirrorChanges extends Partial<MirrorConfig> {
  apiToken?: string;
}

/** The settings of the mirror; the token is sealed. */
@Injectable()
export class MirrorSettings {
  constructor(
    private readonly orm: MikroORM,
    private readonly settings: SettingsService,
  ) {}

  /** Null when no mirror is set up. */
  async find(): Promise<MirrorConfig | null> {
    const kept = await this.settings.get(MIRROR_SETTING);
    if (kept === null) return null;
    return {
      enabled: kept['enabled'] === true,
      accountId: textOf(kept['accountId']),
      databaseId: textOf(kept['databaseId']),
      baseUrl: textOf(kept['baseUrl']),
      serverId: textOf(kept['serverId']),
    };
  }

  /** Error: MIRROR_NOT_SET. */
  async get(): Promise<MirrorConfig> {
    const config = await this.find();
    if (config === null) throw mirrorNotSet();
    return config;
  }

  /** Where to send it. Errors: MIRROR_NOT_SET, SECRET_UNREADABLE. */
  async target(config: MirrorConfig): Promise<D1Target> {
    const { baseUrl, accountId, databaseId } = config;
    const apiToken = textOf((await this.settings.secretsOf(MIRROR_SETTING))['apiToken']);
    return { baseUrl, accountId, databaseId, apiToken };
  }

  /** Sets up or changes; what is not given stays. Error: REQUEST_INVALID when something is missing the first time. */
  async save(changes: MirrorChanges): Promise<void> {
    const before = await this.find();
    const { apiToken, ...rest } = changes;
    const accountId = rest.accountId ?? before?.accountId;
    const databaseId = rest.databaseId ?? before?.databaseId;
    if (accountId === undefined) throw invalidField('accountId', 'accountId is needed to set a mirror up');
    if (databaseId === undefined) throw invalidField('databaseId', 'databaseId is needed to set a mirror up');
    if (before === null && apiToken === undefined)
      throw invalidField('apiToken', 'apiToken is needed to set a mirror up');
    const baseUrl = checkedUrl(rest.baseUrl ?? before?.baseUrl ?? CLOUDFLARE_API);
    const config: MirrorConfig = {
      enabled: rest.enabled ?? before?.enabled ?? true,
      accountId,
      databaseId,
      baseUrl,
      serverId: rest.serverId ?? before?.serverId ?? newId(),
    };
    await this.settings.set(MIRROR_SETTING, { ...config }, apiToken === undefined ? undefined : { apiToken });
  }

  /** Forgets the mirror and what it is known to have; its rows in D1 stay. Idempotent. */
  async clear(): Promise<void> {
    await this.settings.clear(MIRROR_SETTING);
    await this.settings.clear(MIRROR_STATUS);
    await this.orm.em.fork().nativeDelete(MirroredRow, {});
  }
}

/**
 * Names one server's rows in one database. What is known to be mirrored is noted under it, so after a change of target nothing of
 * the old one counts.
 */
export function targetTag({ baseUrl, accountId, databaseId, serverId }: MirrorConfig): string {
  const text = JSON.stringify([baseUrl, accountId, databaseId, serverId]);
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** Without a slash at the end; plain HTTP only within this host, as the token goes along. */
function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isLocal = url !== null && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url === null || !(url.protocol === 'https:' || (url.protocol === 'http:' && isLocal)))
    throw invalidField('baseUrl', 'baseUrl must be an https URL');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw invalidField('baseUrl', 'baseUrl must have no credentials, query or fragment');
  return text.replace(/\/+$/, '');
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
