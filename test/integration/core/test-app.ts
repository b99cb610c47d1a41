import type { DynamicModule, INestApplication, Type } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Test } from '@nestjs/testing';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from '../../../src/app.module.js';
import { AppConfig, type AppConfigValues } from '../../../src/config/index.js';
import { holdDataDir } from '../../../src/data-dir.js';
import { configureHttp } from '../../../src/http-app.js';
import { TokenService } from '../../../src/modules/auth/index.js';
import { TestApi } from '../../support/api.js';
import { cloneDatabase } from '../../support/database.js';
import { makeScratch } from '../../support/scratch.js';
import { afterAll, beforeAll } from 'vitest';

export interface TestApp {
  app: NestExpressApplication;
  config: AppConfig;
  /** As admin, operator, viewer, and with no token. */
  admin: TestApi;
  operator: TestApi;
  viewer: TestApi;
  anyone: TestApi;
  /** A folder of the test's own. */
  folder: string;
  close: () => Promise<void>;
}

/** The whole application in this process, on a database of its own, with more modules where a test brings some. */
export async function startTestApp(
  extra: (Type | DynamicModule)[] = [],
  settings: Partial<AppConfigValues> = {},
): Promise<TestApp> {
  const scratch = makeScratch('core');
  const database = await cloneDatabase();
  const config = AppConfig.of({ dataDir: `${scratch.path}/data`, databaseUrl: database.url, ...settings });
  const held = holdDataDir(config.paths);
  const ref = await Test.createTestingModule({ imports: [await AppModule.with(config), ...extra] }).compile();
  const app = ref.createNestApplication<NestExpressApplication>({
    bodyParser: false,
    forceCloseConnections: true,
    logger: ['error', 'fatal'],
    routeConflictPolicy: { duplicate: 'error' },
    routeResolutionStrategy: 'specificity',
  });
  configureHttp(app);
  await app.listen(0, '127.0.0.1');
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  const tokens = app.get(TokenService);
  const as = async (role: 'admin' | 'operator' | 'viewer'): Promise<TestApi> =>
    new TestApi(url, (await tokens.create({ name: role, role })).text);
  return {
    app,
    config,
    admin: await as('admin'),
    operator: await as('operator'),
    viewer: await as('viewer'),
    anyone: new TestApi(url, null),
    folder: scratch.path,
    close: async () => {
      await app.close();
      held.release();
      await database.drop();
      scratch.remove();
    },
  };
}

/** An application that all tests of a file (or of a `describe`) share: started before the first, closed after the last. */
export function useApp(start: () => Promise<TestApp>): TestApp {
  let running: TestApp | null = null;
  beforeAll(async () => {
    running = await start();
  });
  afterAll(async () => {
    await running?.close();
    running = null;
  });
  return new Proxy({} as TestApp, {
    get(_target, name: keyof TestApp) {
      if (running === null) throw new Error('The application runs only while the tests do.');
      return running[name];
    },
  });
}

/** As `startTestApp`, for all tests of a file. */
export const useTestApp = (...how: Parameters<typeof startTestApp>): TestApp => useApp(() => startTestApp(...how));

/** From here on nothing happens by itself: the test says when. */
export async function stopCrons(app: INestApplication): Promise<void> {
  for (const cron of app.get(SchedulerRegistry, { strict: false }).getCronJobs().values()) await cron.stop();
}
