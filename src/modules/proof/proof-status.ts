import { Injectable } from '@nestjs/common';
import { StorageService } from '../storage/index.js';
import type { ProofDto, ProviderProofDto } from './dto/proof.dto.js';
import { dueAfterMs, isGuaranteed, neededBytesPerDay, type ProofSettings } from './plan.js';
import { ProofStore } from './proof-store.js';
import { ProofService } from './proof.service.js';

/** What is known of how fresh the proofs are. */
@Injectable()
export class ProofStatus {
  constructor(
    private readonly storage: StorageService,
    private readonly store: ProofStore,
    private readonly service: ProofService,
  ) {}

  async show(now = new Date()): Promise<ProofDto> {
    const settings = await this.store.getSettings();
    const items = await this.storage.all();
    const providers: ProviderProofDto[] = [];
    for (const { id, name } of items) providers.push(await this.of(id, name, settings, now));
    return { ...settings, providers };
  }

  private async of(
    providerId: string,
    providerName: string,
    settings: ProofSettings,
    now: Date,
  ): Promise<ProviderProofDto> {
    const facts = await this.store.facts(providerId, now, settings.everyDays);
    const state = await this.store.state(providerId, now);
    const needed = neededBytesPerDay(await this.store.ages(providerId, now), settings);
    const [next] = await this.store.oldest(providerId, now, [], 1);
    const { last, bytesPerSecond } = state;
    const { oldest, bytesReadInTime, ...numbers } = facts;
    return {
      providerId,
      providerName,
      ...numbers,
      oldestProofAt: oldest?.toISOString() ?? null,
      shareReadInTime: facts.bytes === 0 ? 1 : bytesReadInTime / facts.bytes,
      guaranteed: isGuaranteed(needed, settings, bytesPerSecond),
      needsBytesPerDay: Math.ceil(needed),
      bytesPerSecond: bytesPerSecond === null ? null : Math.round(bytesPerSecond),
      next:
        next === undefined
          ? null
          : { key: next.key, dueAt: new Date(next.provenAt.getTime() + dueAfterMs(settings)).toISOString() },
      running: this.service.isRunning(providerId),
      last,
    };
  }
}
