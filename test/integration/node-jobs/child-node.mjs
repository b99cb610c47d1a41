// A node process from the build with the tests' backup module added, for tests that kill it. Arguments: its settings (JSON), and by how many
// milliseconds its clock is wrong.
import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { plainModule } from '../jobs/plain-module.mjs';

const wrongBy = Number(process.argv[3] ?? 0);
const RealDate = Date;
if (wrongBy !== 0) {
  Object.defineProperty(performance, 'timeOrigin', { value: performance.timeOrigin + wrongBy });
  globalThis.Date = class extends RealDate {
    constructor(...how) {
      if (how.length === 0) super(RealDate.now() + wrongBy);
      else super(...how);
    }
    static now() {
      return RealDate.now() + wrongBy;
    }
  };
}

const load = (path) => import(new URL(`../../../dist/src/${path}`, import.meta.url).href);
const { AppConfig } = await load('config/index.js');
const { AppError } = await load('common/errors/index.js');
const { BackupModuleProvider } = await load('engine/ports/index.js');
const { cleanupWork, keysFor, uploadBackup } = await load('engine/runner/index.js');
const { packBundle, planFiles } = await load('engine/snapshot/pack/index.js');
const { AgentTimings } = await load('modules/node-agent/index.js');
const { NodeModule } = await load('node.module.js');
const { startNode } = await load('node.js');

const PlainModule = plainModule({ AppError, planFiles, packBundle, uploadBackup, cleanupWork, keysFor });
Injectable()(PlainModule);
BackupModuleProvider()(PlainModule);
// oxlint-disable-next-line typescript/no-extraneous-class -- decorated below, by hand
class PlainFeature {}
Module({ providers: [PlainModule] })(PlainFeature);

const application = NodeModule.with.bind(NodeModule);
NodeModule.with = (...how) => {
  const made = application(...how);
  return { ...made, imports: [...made.imports, PlainFeature] };
};

const node = await startNode(AppConfig.of(JSON.parse(process.argv[2])));
const retry = { firstMs: 50, longestMs: 200 };
Object.assign(node.app.get(AgentTimings, { strict: false }), { heartbeatMs: 300, retry, busyPollMs: 500, roomMs: 50 });
process.once('SIGTERM', () => void node.close().then(() => process.exit(0)));
