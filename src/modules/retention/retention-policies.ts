import { Injectable } from '@nestjs/common';
import { SettingsService } from '../settings/index.js';
import { type SiteRetention, SitesService } from '../sites/index.js';

/** The default policy's key in the settings. */
const POLICY_KEY = 'retention.default';
const GRACE_KEY = 'retention.grace';
const DEFAULT_GRACE_HOURS = 24;

/** A sensible start. It is only offered: until a person has set a policy nothing is deleted. */
export const SUGGESTED_POLICY: SiteRetention = { keepLast: 7, daily: 14, weekly: 8, monthly: 12, yearly: 3 };

/** Where a policy comes from; `none` = nobody has set one. */
export type PolicySource = 'site' | 'default' | 'none';

export interface EffectivePolicy {
  policy: SiteRetention | null;
  source: PolicySource;
}

/** Which policy holds for which site. */
@Injectable()
export class RetentionPolicies {
  constructor(
    private readonly settings: SettingsService,
    private readonly sites: SitesService,
  ) {}

  /** The default policy; null = none was ever set, so nothing is deleted. */
  async default(): Promise<SiteRetention | null> {
    return this.settings.get(POLICY_KEY);
  }

  /** Hours between the decision that a backup goes and its deletion. */
  async graceHours(): Promise<number> {
    const hours = (await this.settings.get(GRACE_KEY))?.['hours'];
    return typeof hours === 'number' ? hours : DEFAULT_GRACE_HOURS;
  }

  async setDefault(policy: SiteRetention): Promise<void> {
    await this.settings.set(POLICY_KEY, { ...policy });
  }

  async setGraceHours(hours: number): Promise<void> {
    await this.settings.set(GRACE_KEY, { hours });
  }

  /** From now on nothing is deleted by default. Idempotent. */
  async clearDefault(): Promise<void> {
    await this.settings.clear(POLICY_KEY);
  }

  /** The policy that holds for the site. Error: SITE_NOT_FOUND. */
  async of(siteId: string): Promise<EffectivePolicy> {
    const own = (await this.sites.get(siteId)).retention ?? null;
    if (own !== null) return { policy: own, source: 'site' };
    const policy = await this.default();
    return { policy, source: policy === null ? 'none' : 'default' };
  }
}
