import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { dashboard } from './dashboard.js';
import { builtClient } from './client-files.js';

/** Hands out the dashboard at `/`: open to everybody, as it holds nothing of this server; what it shows it asks the API for. */
@Module({})
export class DashboardModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(dashboard(builtClient())).forRoutes('{*path}');
  }
}
