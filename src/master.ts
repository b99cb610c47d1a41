import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppError, errnoOf } from './common/errors/index.js';
import { type AppConfig, hideSecretKeys } from './config/index.js';
import { holdDataDir } from './data-dir.js';
import { EmbeddedPostgres, migrate } from './database/index.js';
import { createHttpApp } from './http-app.js';
import { FirstToken } from './modules/auth/index.js';
import { SetupService } from './modules/users/index.js';

export interface MasterOptions {
  /** Instead of the configured one; 0 = any free port. */
  port?: number;
  host?: string;
  /** Only warnings and errors into the log: for a master that lives for one command. */
  quiet?: boolean;
}

/** A running master. */
export interface Master {
  /** Where it answers on this host. */
  readonly url: string;
  readonly app: NestExpressApplication;
  /** The admin token's text when this start made it. */
  readonly newAdminToken: string | null;
  /** Where the first account is made, with the code for it; null = there is one. */
  readonly setupUrl: string | null;
  /** Stops everything in order: requests and jobs, then the database. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts a master on the configured data dir: lock, database, migrations, application, port.
 * Errors: ALREADY_RUNNING, DATA_DIR_NOT_WRITABLE, DATABASE_*, SCHEMA_NEWER, PORT_IN_USE, HOST_INVALID. A failed start leaves nothing running.
 */
export async function startMaster(config: AppConfig, options: MasterOptions = {}): Promise<Master> {
  const undo: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  // They are read by now. What this process starts has no business with them.
  hideSecretKeys();
  try {
    const dataDir = holdDataDir(config.paths);
    undo.push(() => dataDir.release());
    const databaseUrl = config.databaseUrl ?? (await startEmbedded(config, undo));
    await migrate(databaseUrl);
    const app = await createHttpApp(config.with({ databaseUrl }), options);
    undo.push(() => app.close());
    const host = options.host ?? config.host;
    const port = options.port ?? config.port;
    await listen(app, host, port);
    const url = localUrl(host, portOf(app));
    const setupPath = await app.get(SetupService, { strict: false }).path();
    const setupUrl = setupPath === null ? null : `${config.publicUrl ?? url}${setupPath}`;
    // Last: who waits for it finds all that is printed at the start.
    dataDir.announce({ pid: process.pid, url });
    return { url, app, newAdminToken: app.get(FirstToken).created, setupUrl, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startEmbedded(config: AppConfig, undo: (() => unknown)[]): Promise<string> {
  const postgres = await EmbeddedPostgres.start(config.paths.postgres, (message) =>
    new Logger('database').warn(message),
  );
  undo.push(() => postgres.stop());
  return postgres.url;
}

async function listen(app: NestExpressApplication, host: string, port: number): Promise<void> {
  try {
    await app.listen(port, host);
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'EADDRINUSE' || code === 'EACCES')
      throw new AppError({
        code: 'PORT_IN_USE',
        kind: 'precondition',
        message:
          code === 'EACCES'
            ? `This user may not listen on port ${port}.`
            : `Something else already listens on port ${port} of ${host}.`,
        hint: 'Set BACKUPD_PORT to another port, or stop the other program.',
        retry: 'never',
        context: { host, port },
        cause: error,
      });
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
      throw new AppError({
        code: 'HOST_INVALID',
        kind: 'precondition',
        message: `${host} is not an address of this host.`,
        hint: 'Set BACKUPD_HOST to 0.0.0.0 (all addresses), 127.0.0.1 (this host only) or one of its addresses.',
        retry: 'never',
        context: { host },
        cause: error,
      });
    throw error;
  }
}

function portOf(app: NestExpressApplication): number {
  const address: unknown = app.getHttpServer().address();
  if (typeof address === 'object' && address !== null && 'port' in address && typeof address.port === 'number')
    return address.port;
  throw new Error('the server has no port');
}

/** Where programs on this host reach it. */
function localUrl(host: string, port: number): string {
  if (host === '0.0.0.0') return `http://127.0.0.1:${port}`;
  if (host === '::') return `http://[::1]:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
