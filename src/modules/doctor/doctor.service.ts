import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { asAppError } from '../../common/errors/index.js';
import { AppConfig } from '../../config/index.js';
import { canDiagnose, type DiagnosticCheck } from '../../engine/ports/index.js';
import { BackupModuleRegistry } from '../backup-modules/index.js';
import { StorageService } from '../storage/index.js';
import { checkCopies } from './copy-checks.js';
import { checkKept } from './kept-check.js';
import { checkKey, checkKeyCopy } from './key-checks.js';
import { checkNodes } from './nodes-check.js';
import { checkNews } from './news-check.js';
import { checkPrivate, checkReadable, checkSpace, checkUser, checkWritable, judgeSpace } from './host-checks.js';

/** A check that hangs (a dead network mount) is reported, not waited for. */
const CHECK_TIMEOUT_MS = 15_000;
const SLOW_DATABASE_MS = 500;

/** Looks whether this host has what backups need, and says what to fix. */
@Injectable()
export class DoctorService {
  constructor(
    private readonly config: AppConfig,
    private readonly em: EntityManager,
    private readonly storage: StorageService,
    private readonly registry: BackupModuleRegistry,
  ) {}

  /** All checks; none of them changes anything that stays. */
  async examine(): Promise<DiagnosticCheck[]> {
    const { paths, scanRoots } = this.config;
    const host = [
      limited('user', async () => checkUser()),
      limited('data dir', () => checkWritable('data dir', paths.root)),
      limited('space of the data dir', () => checkSpace('space of the data dir', paths.root)),
      limited('work folder', () => checkWritable('work folder', paths.work)),
      limited('secret key', () => checkKey(paths, this.config.secretKey !== null)),
      limited('copy of the secret key', () => checkKeyCopy(paths, this.config.secretKey !== null)),
      limited('admin token', () => checkPrivate('admin token', paths.adminToken)),
      limited('database', () => this.checkDatabase()),
      limited('kept work', () => checkKept(this.em.fork())),
      limited('notifications', () => checkNews(this.em.fork())),
      limited('nodes', () => checkNodes(this.em.fork())),
      ...scanRoots.map((root) => limited(`scan root ${root}`, () => checkReadable(`scan root ${root}`, root))),
    ];
    const parts = await Promise.all([Promise.all(host), this.checkStorages(), this.checkCopies(), this.checkModules()]);
    return parts.flat();
  }

  private async checkDatabase(): Promise<DiagnosticCheck> {
    const name = 'database';
    const started = performance.now();
    await this.em.fork().execute('select count(*) from site');
    const took = Math.round(performance.now() - started);
    if (took > SLOW_DATABASE_MS)
      return {
        name,
        status: 'warning',
        message: `The database answers slowly (${took} ms).`,
        hint: 'Look for load on its host, or a slow disk.',
      };
    return { name, status: 'ok', message: `The database answers (${took} ms).` };
  }

  private async checkCopies(): Promise<DiagnosticCheck[]> {
    try {
      return await timeLimit(checkCopies(this.em.fork()));
    } catch (error) {
      return [failed('copies', error)];
    }
  }

  private async checkStorages(): Promise<DiagnosticCheck[]> {
    const items = await this.storage.all();
    const enabled = items.filter((provider) => provider.enabled);
    if (enabled.length === 0)
      return [
        {
          name: 'storage',
          status: 'failed',
          message: 'There is no enabled storage: backups fail.',
          hint: 'Add or enable one: `backupd storage add`, `backupd storage edit <storage> --enable`.',
        },
      ];
    return (await Promise.all(enabled.map(({ id, name }) => this.checkStorage(id, name)))).flat();
  }

  private async checkStorage(id: string, title: string): Promise<DiagnosticCheck[]> {
    const name = `storage ${title}`;
    const works = await limited(name, async () => {
      await this.storage.probe(id);
      return { name, status: 'ok', message: 'It can be written to, read and deleted from.' };
    });
    return [works, ...(await this.spaceOf(id, title))];
  }

  private async spaceOf(id: string, name: string): Promise<DiagnosticCheck[]> {
    const title = `space of storage ${name}`;
    // Where it does not answer, the probe beside it has said so.
    const space = await timeLimit(this.storage.driver(id).then((driver) => driver.space())).catch(() => null);
    return space === null ? [] : [judgeSpace(title, name, space.freeBytes)];
  }

  private async checkModules(): Promise<DiagnosticCheck[]> {
    const modules = this.registry.all();
    if (modules.length === 0)
      return [{ name: 'backup modules', status: 'failed', message: 'This build has no backup module.' }];
    const checks = modules.filter(canDiagnose).map(async (module) => {
      try {
        return await timeLimit(module.diagnose());
      } catch (error) {
        return [failed(module.title, error)];
      }
    });
    return (await Promise.all(checks)).flat();
  }
}

async function limited(name: string, check: () => Promise<DiagnosticCheck>): Promise<DiagnosticCheck> {
  try {
    return await timeLimit(check());
  } catch (error) {
    return failed(name, error);
  }
}

function failed(name: string, thrown: unknown): DiagnosticCheck {
  const error = asAppError(thrown);
  const check: DiagnosticCheck = { name, status: 'failed', message: error.message };
  return error.hint === undefined || error.kind === 'internal' ? check : { ...check, hint: error.hint };
}

async function timeLimit<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`It did not answer within ${CHECK_TIMEOUT_MS / 1000} seconds.`)),
      CHECK_TIMEOUT_MS,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
