import { Module } from '@nestjs/common';
import { EventsModule } from '../events/index.js';
import { JobsModule } from '../jobs/index.js';
import { ResourcesModule } from '../resources/index.js';
import { Figures } from './figures.js';
import { JobMetrics } from './job-metrics.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsRegistry } from './metrics-registry.js';
import { MetricsService } from './metrics.service.js';

/** Metrics for Prometheus; see docs/monitoring.md. */
@Module({
  imports: [EventsModule, JobsModule, ResourcesModule],
  controllers: [MetricsController],
  providers: [Figures, JobMetrics, MetricsRegistry, MetricsService],
})
export class MetricsModule {}
