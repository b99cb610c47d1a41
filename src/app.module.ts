import { type DynamicModule, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { AppError } from './common/errors/index.js';
import { ConfigModule } from './config/config.module.js';
import type { AppConfig } from './config/index.js';
import { DatabaseModule } from './database/index.js';
import { AuditModule } from './modules/audit/index.js';
import { AlarmsModule } from './modules/alarms/index.js';
import { AuthModule } from './modules/auth/index.js';
import { BackupModulesApiModule } from './modules/backup-modules/api/index.js';
import { BackupModulesModule } from './modules/backup-modules/index.js';
import { BackupsModule } from './modules/backups/index.js';
import { CatalogueModule } from './modules/catalogue/index.js';
import { DaemonModule } from './modules/daemon/index.js';
import { DashboardModule } from './modules/dashboard/index.js';
import { DiffModule } from './modules/diff/index.js';
import { DoctorModule } from './modules/doctor/index.js';
import { EventsModule } from './modules/events/index.js';
import { HealthModule } from './modules/health/index.js';
import { HooksModule } from './modules/hooks/index.js';
import { JobsModule } from './modules/jobs/index.js';
import { ObjectLockModule } from './modules/object-lock/index.js';
import { ProofModule } from './modules/proof/index.js';
import { ReconcileModule } from './modules/reconcile/index.js';
import { NodeWorkModule } from './modules/node-work/index.js';
import { MetricsModule } from './modules/metrics/index.js';
import { MirrorModule } from './modules/mirror/index.js';
import { NodeRunsModule } from './modules/node-runs/index.js';
import { NodeTasksModule } from './modules/node-tasks/index.js';
import { NodesModule } from './modules/nodes/index.js';
import { NotificationsModule } from './modules/notifications/index.js';
import { QuotaModule } from './modules/quota/index.js';
import { ResourcesApiModule } from './modules/resources/api/index.js';
import { ResourcesModule } from './modules/resources/index.js';
import { RepairModule } from './modules/repair/index.js';
import { RetentionModule } from './modules/retention/index.js';
import { RestoreModule } from './modules/restore/index.js';
import { ScannerModule } from './modules/scanner/index.js';
import { SchedulesModule } from './modules/schedules/index.js';
import { SecretsModule } from './modules/secrets/index.js';
import { SettingsModule } from './modules/settings/index.js';
import { SitesModule } from './modules/sites/index.js';
import { StorageModule } from './modules/storage/index.js';
import { UsersModule } from './modules/users/index.js';
import { VerifyModule } from './modules/verify/index.js';
import { WordPressModule } from './backup-modules/wordpress/wordpress.module.js';
import { LocalStorageDriverFactory } from './storage-drivers/local/index.js';
import { S3StorageDriverFactory } from './storage-drivers/s3/index.js';

/** The master: the one file that names every feature, backup module and storage driver. */
@Module({})
export class AppModule {
  /** The application on a migrated database, which `config.databaseUrl` must name by now. */
  static async with(config: AppConfig): Promise<DynamicModule> {
    if (config.databaseUrl === null)
      throw new AppError({ code: 'INTERNAL', kind: 'internal', message: 'The application needs a database.' });
    return {
      module: AppModule,
      imports: [
        ConfigModule.with(config),
        ScheduleModule.forRoot(),
        await DatabaseModule.with(config.databaseUrl),
        SecretsModule,
        SettingsModule,
        AuditModule,
        AuthModule,
        HealthModule,
        DashboardModule,
        ResourcesModule,
        ResourcesApiModule,
        BackupModulesModule,
        BackupModulesApiModule,
        StorageModule,
        ObjectLockModule,
        NodeTasksModule,
        SitesModule,
        ScannerModule,
        DoctorModule,
        EventsModule,
        JobsModule,
        HooksModule,
        BackupsModule,
        CatalogueModule,
        RestoreModule,
        RetentionModule,
        QuotaModule,
        NodeRunsModule,
        VerifyModule,
        ReconcileModule,
        RepairModule,
        ProofModule,
        SchedulesModule,
        DiffModule,
        AlarmsModule,
        MetricsModule,
        MirrorModule,
        NodeWorkModule,
        NodesModule,
        NotificationsModule,
        UsersModule,
        DaemonModule,
        WordPressModule,
      ],
      providers: [LocalStorageDriverFactory, S3StorageDriverFactory],
    };
  }
}
