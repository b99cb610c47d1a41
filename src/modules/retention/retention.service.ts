import { Injectable } from '@nestjs/common';
import type { PageQueryDto } from '../../common/http/index.js';
import type { SiteRetention } from '../sites/index.js';
import { StorageService } from '../storage/index.js';
import type { RetentionDto, RetentionPreviewDto, SetRetentionDto } from './dto/retention.dto.js';
import { keepsEverything } from './policy.js';
import { RetentionDecisions } from './retention-decisions.js';
import { type EffectivePolicy, RetentionPolicies, SUGGESTED_POLICY } from './retention-policies.js';

/** Policies and previews as the API shows them. */
@Injectable()
export class RetentionService {
  constructor(
    private readonly policies: RetentionPolicies,
    private readonly decisions: RetentionDecisions,
    private readonly storage: StorageService,
  ) {}

  async show(): Promise<RetentionDto> {
    const policy = await this.policies.default();
    return {
      policy,
      graceHours: await this.policies.graceHours(),
      suggested: SUGGESTED_POLICY,
      deletes: !keepsEverything(policy),
      note: noteOf(policy, 'default'),
    };
  }

  async set({ policy, graceHours }: SetRetentionDto): Promise<RetentionDto> {
    if (policy !== undefined) await this.policies.setDefault(policy);
    if (graceHours !== undefined) await this.policies.setGraceHours(graceHours);
    return this.show();
  }

  async clear(): Promise<void> {
    await this.policies.clearDefault();
  }

  /** What the site's policy, or the one that is given instead, keeps and lets go; changes nothing. Error: SITE_NOT_FOUND. */
  async preview(siteId: string, page: PageQueryDto, instead?: SiteRetention): Promise<RetentionPreviewDto> {
    const effective = await this.policies.of(siteId);
    const asked: EffectivePolicy | null = instead === undefined ? null : { policy: instead, source: 'site' };
    const { policy, source } = asked ?? effective;
    const verdicts = await this.decisions.of(siteId, policy, new Date());
    const going = verdicts.filter((verdict) => verdict.action === 'expire');
    const freed = await this.decisions.freedBy(going.map((verdict) => verdict.id));
    const all = await this.storage.all();
    const providers = [...freed.byProvider].map(([providerId, { bytes, objects }]) => ({
      providerId,
      providerName: all.find((provider) => provider.id === providerId)?.name ?? null,
      bytes,
      objects,
    }));
    return {
      policy,
      source: asked === null ? source : 'preview',
      note: asked === null ? noteOf(policy, source) : 'This policy is only tried: nothing changes.',
      graceHours: await this.policies.graceHours(),
      kept: verdicts.length - going.length,
      expired: going.length,
      freedBytes: providers.reduce((sum, { bytes }) => sum + bytes, 0),
      freed: providers,
      items: verdicts.slice(page.offset, page.offset + page.limit).map((verdict) => ({
        backupId: verdict.id,
        createdAt: verdict.at.toISOString(),
        action: verdict.action,
        reasons: verdict.reasons,
        expiresAt: verdict.expiresAt?.toISOString() ?? null,
        freedBytes: freed.byBackup.get(verdict.id) ?? 0,
      })),
      total: verdicts.length,
      limit: page.limit,
      offset: page.offset,
    };
  }
}

function noteOf(policy: SiteRetention | null, source: EffectivePolicy['source']): string {
  if (policy === null) return 'No policy is set: nothing is deleted.';
  if (keepsEverything(policy)) return 'The policy keeps everything.';
  return source === 'site' ? "This is the site's own policy." : 'It holds for every site without a policy of its own.';
}
