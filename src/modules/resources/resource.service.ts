import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import type { ResourceGate, ResourceKind } from '../../engine/ports/index.js';
import { BandwidthBudget } from './bandwidth-budget.js';
import { Semaphore } from './semaphore.js';

/** How busy one kind of resource is. */
export interface ResourceUsage {
  capacity: number;
  inUse: number;
  waiting: number;
}

/** What the stages of this host share: disk, network and CPU units, and the upload budget. */
@Injectable()
export class ResourceService implements ResourceGate {
  private readonly semaphores: Readonly<Record<ResourceKind, Semaphore>>;
  /** The one upload budget of this host; hand it to every `put`. */
  readonly bandwidth: BandwidthBudget;

  constructor({ limits }: AppConfig) {
    this.semaphores = {
      io: new Semaphore(limits.io),
      network: new Semaphore(limits.network),
      cpu: new Semaphore(limits.cpu),
    };
    this.bandwidth = new BandwidthBudget(limits.bandwidthMbps);
  }

  capacity(kind: ResourceKind): number {
    return this.semaphores[kind].capacity;
  }

  async use<T>(
    kind: ResourceKind,
    work: () => Promise<T>,
    options: { units?: number; signal?: AbortSignal } = {},
  ): Promise<T> {
    const release = await this.semaphores[kind].acquire(options.units, options.signal);
    try {
      return await work();
    } finally {
      release();
    }
  }

  usage(kind: ResourceKind): ResourceUsage {
    const { capacity, inUse, waiting } = this.semaphores[kind];
    return { capacity, inUse, waiting };
  }
}
