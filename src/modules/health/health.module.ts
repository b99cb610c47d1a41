import { Module } from '@nestjs/common';
import { JobsModule } from '../jobs/index.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';
import { ProbesController } from './probes.controller.js';

@Module({ imports: [JobsModule], controllers: [HealthController, ProbesController], providers: [HealthService] })
export class HealthModule {}
