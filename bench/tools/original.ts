import { lstatSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchSite } from '../corpus/site.js';
import { bytesBelow } from '../measure/disk.js';
import { word } from '../measure/run-command.js';
import { dumpCommand, type Sample, sampleOf, type Tool } from './tool.js';

/** The original system's way: dump to a file, copy wp-content, tar + zstd of both. Its cleaning up is not counted. */
export class Original implements Tool {
  readonly name = 'original';
  #site!: BenchSite;
  #home = '';
  /** What lay on disk besides the archive at the end of the last run. */
  temporaryBytes = 0;
  /** Of this, the dump. */
  dumpBytes = 0;

  get repository(): string {
    return join(this.#home, 'archive');
  }

  async begin(site: BenchSite, home: string): Promise<void> {
    this.#site = site;
    this.#home = home;
    mkdirSync(this.repository, { recursive: true });
  }

  async backUp(): Promise<Sample> {
    const work = join(this.#home, 'work');
    mkdirSync(work, { recursive: true });
    const sample = await sampleOf(
      this.#site,
      [
        `${dumpCommand(this.#site)} > ${word(join(work, 'database.sql'))}`,
        `cp -a ${word(join(this.#site.root, 'wp-content'))} ${word(join(work, 'wp-content'))}`,
        `tar -C ${word(work)} --zstd -cf ${word(join(this.repository, 'backup.tar.zst'))} database.sql wp-content`,
        `sync -f ${word(this.repository)}`,
      ].join('\n'),
    );
    this.temporaryBytes = bytesBelow(work);
    this.dumpBytes = lstatSync(join(work, 'database.sql')).size;
    rmSync(work, { recursive: true });
    return sample;
  }

  async end(): Promise<void> {
    rmSync(this.#home, { recursive: true, force: true });
  }
}
