import { stat, statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import { Injectable } from '@nestjs/common';
import { bytes } from '../../../common/sizes.js';
import { AppConfig } from '../../../config/index.js';
import { StorageService } from '../../storage/index.js';
import { AlarmKind, Severity } from '../alarm.entity.js';
import { Patience } from '../../../common/patience.js';
import type { AlarmRule, Finding, Look, OpenAlarm } from './alarm-rule.js';

/** There must be room for the largest bundle that was ever made, this many times. */
const BUNDLES = 2;
const HOUR_MS = 3_600_000;

interface Place {
  path: string;
  what: string;
  providerId: string | null;
}

/** Little is free where backupd works or stores: each disk once. Each master looks at its own host. */
@Injectable()
export class DiskLow implements AlarmRule {
  readonly kind = AlarmKind.DiskLow;
  readonly everyMinutes = 5;
  readonly afterJob = 'nothing';
  readonly slow = true;
  private readonly host = hostname();
  private readonly patience = new Patience(10_000);

  constructor(
    private readonly config: AppConfig,
    private readonly storage: StorageService,
  ) {}

  async find({ em, limits }: Look): Promise<Finding[]> {
    const [row] = await em.execute<{ largest: number }[]>(
      'select coalesce(max(bundle_size), 0)::float8 as largest from backup where deleting_at is null',
    );
    const largest = row?.largest ?? 0;
    const seen = new Set<number>();
    const found: Finding[] = [];
    for (const place of await this.places()) {
      const space = await this.patience.look(place.path, () => spaceOf(place.path));
      // What can't be looked at is another alarm's: a storage that is away, a folder that is not there yet.
      if (space === null || seen.has(space.device)) continue;
      seen.add(space.device);
      found.push(...this.judge(place, space, largest, limits.diskPercent));
    }
    return found;
  }

  /** What another master has told of its host, unless nobody looks there any more. */
  clears({ subject, lastSeenAt }: OpenAlarm, now: Date): boolean {
    return subject.startsWith(`${this.host}:`) || now.getTime() - lastSeenAt.getTime() > HOUR_MS;
  }

  private async places(): Promise<Place[]> {
    const { paths } = this.config;
    const local = (await this.storage.all()).flatMap(({ id, name, kind, enabled, settings }) => {
      const { path } = settings;
      return kind === 'local' && enabled && typeof path === 'string'
        ? [{ path, what: `the storage "${name}"`, providerId: id }]
        : [];
    });
    return [
      { path: paths.root, what: 'the data dir', providerId: null },
      { path: paths.work, what: 'the work folder', providerId: null },
      ...local,
    ];
  }

  private judge({ path, what, providerId }: Place, space: Space, largest: number, least: number): Finding[] {
    const percent = space.totalBytes === 0 ? 100 : (space.freeBytes / space.totalBytes) * 100;
    if (percent >= least && space.freeBytes >= BUNDLES * largest) return [];
    const isCritical = percent < least / 4 || space.freeBytes < largest;
    const than = space.freeBytes < BUNDLES * largest ? `; the largest bundle so far had ${bytes(largest)}` : '';
    return [
      {
        subject: `${this.host}:${path}`,
        ...(providerId === null ? {} : { providerId }),
        severity: isCritical ? Severity.Critical : Severity.Warning,
        message: `The disk of ${what} (${path} on ${this.host}) has ${bytes(space.freeBytes)} free, ${percent.toFixed(0)} %${than}.`,
        hint: 'Free some space, let retention keep less (`backupd retention`), or move to a bigger disk.',
        context: {
          host: this.host,
          path,
          freeBytes: space.freeBytes,
          totalBytes: space.totalBytes,
          largestBundle: largest,
        },
      },
    ];
  }
}

interface Space {
  freeBytes: number;
  totalBytes: number;
  device: number;
}

async function spaceOf(path: string): Promise<Space | null> {
  try {
    // One after the other: on a dead mount each would hold a thread.
    const { bavail, blocks, bsize } = await statfs(path);
    const { dev } = await stat(path);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize, device: dev };
  } catch {
    return null;
  }
}
