// A master process from the build with the tests' backup module added, for tests that kill it: `builtChild` makes it.
// Argument: its settings, JSON.
import 'reflect-metadata';
import { flushCompileCache } from 'node:module';
import { Injectable, Module } from '@nestjs/common';
import { AppModule } from '../../../dist/src/app.module.js';
import { AppError } from '../../../dist/src/common/errors/index.js';
import { AppConfig } from '../../../dist/src/config/index.js';
import { BackupModuleProvider } from '../../../dist/src/engine/ports/index.js';
import { cleanupWork, keysFor, uploadBackup } from '../../../dist/src/engine/runner/index.js';
import { packBundle, planFiles } from '../../../dist/src/engine/snapshot/pack/index.js';
import { startMaster } from '../../../dist/src/master.js';
import { DELIVERY_TIMINGS } from '../../../dist/src/modules/jobs/job-queue.js';
import { tinyModule } from '../schedules/tiny-module.mjs';
import { plainModule } from './plain-module.mjs';

const PlainModule = plainModule({ AppError, planFiles, packBundle, uploadBackup, cleanupWork, keysFor });
Injectable()(PlainModule);
BackupModuleProvider()(PlainModule);
class SideModule extends PlainModule {
  name = 'side';
  needs = { backup_files: [] };
}
Injectable()(SideModule);
BackupModuleProvider()(SideModule);
const TinyModule = tinyModule({ AppError, uploadBackup, cleanupWork, keysFor });
Injectable()(TinyModule);
BackupModuleProvider()(TinyModule);
// oxlint-disable-next-line typescript/no-extraneous-class -- decorated below, by hand
class PlainFeature {}
Module({ providers: [PlainModule, SideModule, TinyModule] })(PlainFeature);

const application = AppModule.with.bind(AppModule);
AppModule.with = async (config) => {
  const made = await application(config);
  return { ...made, imports: [...made.imports, PlainFeature] };
};

// Deliveries of a master that was killed go to another one sooner than in life.
if (process.argv[3] === 'quick') Object.assign(DELIVERY_TIMINGS, { heartbeatSeconds: 10, lookEverySeconds: 2 });

const master = await startMaster(AppConfig.of(JSON.parse(process.argv[2])), { port: 0 });
// As the built program does: it may be killed at its end.
flushCompileCache();
process.once('SIGTERM', () => void master.close().then(() => process.exit(0)));
