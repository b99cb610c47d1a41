import { Module } from '@nestjs/common';
import { SettingsModule } from '../settings/index.js';
import { D1Timings } from './d1/d1-timings.js';
import { MirrorCheck } from './mirror-check.js';
import { MirrorController } from './mirror.controller.js';
import { MirrorRestore } from './mirror-restore.js';
import { MirrorSchedule } from './mirror-schedule.js';
import { MirrorService } from './mirror.service.js';
import { MirrorSettings } from './mirror-settings.js';
import { MirrorStatus } from './mirror-status.js';
import { MirrorSync } from './mirror-sync.js';
import { SqlSessions } from './sql-session.js';

/** The optional off-site mirror of the catalogue in Cloudflare D1. Needs `ScheduleModule.forRoot()`. */
@Module({
  imports: [SettingsModule],
  controllers: [MirrorController],
  providers: [
    D1Timings,
    MirrorCheck,
    MirrorRestore,
    MirrorSchedule,
    MirrorService,
    MirrorSettings,
    MirrorStatus,
    MirrorSync,
    SqlSessions,
  ],
})
export class MirrorModule {}
