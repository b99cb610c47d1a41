import { Injectable } from '@nestjs/common';
import type { NodeLimits } from '../../common/node-facts.js';
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

  /** As configured on this host. */
  readonly own: Readonly<NodeLimits>;

  constructor({ limits }: AppConfig) {
    this.own = limits;
    this.semaphores = {
      io: new Semaphore(limits.io),
      network: new Semaphore(limits.network),
      cpu: new Semaphore(limits.cpu),
    };
    this.bandwidth = new BandwidthBudget(limits.bandwidthMbps);
  }

  /** Bounds what is configured here: of each limit the lower one counts from now on; null = only the own. Nobody loses what it has. */
  setLimits(bounds: Readonly<NodeLimits> | null): void {
    const { own } = this;
    for (const kind of ['io', 'network', 'cpu'] as const) {
      const units = Math.max(1, Math.min(own[kind], bounds?.[kind] ?? own[kind]));
      if (units !== this.semaphores[kind].capacity) this.semaphores[kind].resize(units);
    }
    const mbps = lowerMbps(own.bandwidthMbps, bounds?.bandwidthMbps ?? 0);
    if (mbps !== this.bandwidth.limitMbps) this.bandwidth.setLimit(mbps);
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

/** The lower of two, of which 0 is no limit. */
function lowerMbps(a: number, b: number): number {
  if (a === 0) return b;
  return b === 0 ? a : Math.min(a, b);
}
