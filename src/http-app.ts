import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import { AppModule } from './app.module.js';
import { ProblemFilter, requestValidation } from './common/http/index.js';
import { AppLogger, requestLog } from './common/logging/index.js';
import type { AppConfig } from './config/index.js';
import { serveDocs } from './openapi.js';

const MAX_BODY = '1mb';

export interface HttpAppOptions {
  /** Only warnings and errors into the log. */
  quiet?: boolean;
}

/** The Nest application, ready to `init` or `listen`. `config.databaseUrl` must name a migrated database. */
export async function createHttpApp(config: AppConfig, options: HttpAppOptions = {}): Promise<NestExpressApplication> {
  const terminal = process.stderr.isTTY;
  const app = await NestFactory.create<NestExpressApplication>(await AppModule.with(config), {
    logger: new AppLogger({
      format: config.logFormat === 'auto' ? (terminal ? 'text' : 'json') : config.logFormat,
      level: options.quiet === true && config.logLevel !== 'debug' ? 'warn' : config.logLevel,
      colors: terminal,
    }),
    abortOnError: false,
    // Event streams never end by themselves; without this a stop would wait for them.
    forceCloseConnections: true,
    routeConflictPolicy: { duplicate: 'error' },
    routeResolutionStrategy: 'specificity',
    bodyParser: false,
  });
  configureHttp(app);
  return app;
}

/** What every request passes through, besides the access guard; apart, so that tests can put it around an app of their own. */
export function configureHttp(app: NestExpressApplication): void {
  app.disable('x-powered-by');
  app.use(requestLog);
  app.use(
    helmet({
      // TLS, where there is one, ends in front of us; these two would break plain http on a LAN.
      strictTransportSecurity: false,
      contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
    }),
  );
  app.useBodyParser('json', { limit: MAX_BODY });
  app.useGlobalPipes(requestValidation());
  app.useGlobalFilters(new ProblemFilter());
  serveDocs(app);
}
