import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppLogger } from './common/logging/app-logger.js';
import { type AppConfig, hideSecretKeys } from './config/index.js';
import { holdDataDir } from './data-dir.js';
import { resolveIdentity } from './modules/node-link/index.js';
import { NodeModule } from './node.module.js';

/** A running node. */
export interface RunningNode {
  readonly app: INestApplicationContext;
  /** Where its master is. */
  readonly master: string;
  /** Stops its work in order, then the link to the master. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts a node on the configured data dir; whether its master answers does not matter. Errors: NODE_NOT_JOINED, NODE_IDENTITY_UNREADABLE,
 * MASTER_URL_INVALID, MASTER_NOT_SECURE, MASTER_CA_INVALID, ALREADY_RUNNING, DATA_DIR_NOT_WRITABLE. A failed start leaves nothing running.
 */
export async function startNode(config: AppConfig): Promise<RunningNode> {
  // It is read by now. What this process starts has no business with it.
  hideSecretKeys();
  const identity = await resolveIdentity(config);
  const dataDir = holdDataDir(config.paths);
  try {
    const terminal = process.stderr.isTTY;
    const app = await NestFactory.createApplicationContext(NodeModule.with(config, identity), {
      logger: new AppLogger({
        format: config.logFormat === 'auto' ? (terminal ? 'text' : 'json') : config.logFormat,
        level: config.logLevel,
        colors: terminal,
      }),
      abortOnError: false,
    });
    let closed: Promise<void> | null = null;
    const close = async (): Promise<void> => {
      closed ??= app.close().finally(() => dataDir.release());
      await closed;
    };
    return { app, master: identity.master.url, close };
  } catch (error) {
    dataDir.release();
    throw error;
  }
}
