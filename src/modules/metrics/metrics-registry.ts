import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { version } from '../../common/version.js';

/** Gauges of the library whose names end in `_total`, which Prometheus keeps for counters. */
const MISNAMED = ['nodejs_active_resources_total', 'nodejs_active_handles_total', 'nodejs_active_requests_total'];

/** All metrics of this process; the general ones of Node among them. */
@Injectable()
export class MetricsRegistry {
  readonly registry = new Registry();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    for (const name of MISNAMED) this.registry.removeSingleMetric(name);
    this.gauge('backupd_build_info', 'The version that runs; always 1.', ['version', 'node_version']).set(
      { version, node_version: process.version },
      1,
    );
  }

  gauge<T extends string = never>(name: string, help: string, labelNames: T[] = []): Gauge<T> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }
}
