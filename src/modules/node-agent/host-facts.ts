import { readFile, statfs } from 'node:fs/promises';
import { availableParallelism, freemem, hostname, loadavg, totalmem } from 'node:os';
import { Injectable } from '@nestjs/common';
import { mountOf } from '../../common/mounts.js';
import type { NodeFacts, NodeLoad } from '../../common/node-facts.js';
import { Patience } from '../../common/patience.js';
import { AppConfig } from '../../config/index.js';
import { BackupModuleRegistry } from '../backup-modules/index.js';
import { ResourceService } from '../resources/index.js';

const DISK_MS = 2000;
/** Of the threads for files so many may hang on disks that do not answer. */
const MOST_HANGING = 2;

/** What this host is, and how busy it is. */
@Injectable()
export class HostFacts {
  private readonly patience = new Patience(DISK_MS, MOST_HANGING);

  constructor(
    private readonly config: AppConfig,
    private readonly modules: BackupModuleRegistry,
    private readonly resources: ResourceService,
  ) {}

  facts(): NodeFacts {
    return {
      hostname: hostname(),
      platform: `${process.platform} ${process.arch}`,
      cpus: availableParallelism(),
      memoryBytes: totalmem(),
      scanRoots: [...this.config.scanRoots],
      modules: this.modules.all().map(({ name }) => name),
      limits: { ...this.resources.own },
    };
  }

  /** A disk that does not answer, or is not there, is left out. */
  async load(): Promise<NodeLoad> {
    return {
      load1: loadavg()[0] ?? 0,
      memoryFreeBytes: freemem(),
      rssBytes: process.memoryUsage.rss(),
      disks: await this.disks(),
      network: networkIn(await readFile('/proc/net/dev', 'utf8').catch(() => '')),
      uploadBytesPerSecond: this.resources.bandwidth.usedBytesLastSecond(),
    };
  }

  /** Of the data dir and the scan roots, each mount once. */
  private async disks(): Promise<NodeLoad['disks']> {
    const seen = new Set<string>();
    const disks: NodeLoad['disks'] = [];
    for (const path of [this.config.dataDir, ...this.config.scanRoots]) {
      const mount = await mountOf(path);
      if (seen.has(mount)) continue;
      seen.add(mount);
      const disk = await this.patience.look(mount, () => statfs(path)).catch(() => null);
      if (disk === null) continue;
      disks.push({ path, freeBytes: disk.bavail * disk.bsize, totalBytes: disk.blocks * disk.bsize });
    }
    return disks;
  }
}

/** Bytes of all interfaces but loopback, by the text of `/proc/net/dev` (proc(5)). */
export function networkIn(text: string): NodeLoad['network'] {
  const network = { sentBytes: 0, receivedBytes: 0 };
  for (const line of text.split('\n')) {
    const [name, figures] = line.split(':');
    if (figures === undefined || name?.trim() === 'lo') continue;
    const fields = figures.trim().split(/\s+/).map(Number);
    network.receivedBytes += fields[0] ?? 0;
    network.sentBytes += fields[8] ?? 0;
  }
  return network;
}
