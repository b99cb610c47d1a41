// A master process from the build with the tests' backup module added, for tests that kill it. Argument: its settings, JSON.
import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { tinyModule } from '../schedules/tiny-module.mjs';
import { plainModule } from './plain-module.mjs';

const load = (path) => import(new URL(`../../../dist/src/${path}`, import.meta.url).href);
const { AppModule } = await load('app.module.js');
const { AppConfig } = await load('config/index.js');
const { AppError } = await load('common/errors/index.js');
const { BackupModuleProvider } = await load('engine/ports/index.js');
const { cleanupWork, keysFor, uploadBackup } = await load('engine/runner/index.js');
const { packBundle, planFiles } = await load('engine/snapshot/pack/index.js');
const { startMaster } = await load('master.js');

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
if (process.argv[3] === 'quick')
  Object.assign((await load('modules/jobs/job-queue.js')).DELIVERY_TIMINGS, {
    heartbeatSeconds: 10,
    lookEverySeconds: 2,
  });

const master = await startMaster(AppConfig.of(JSON.parse(process.argv[2])), { port: 0 });
process.once('SIGTERM', () => void master.close().then(() => process.exit(0)));
