import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchSite } from '../corpus/site.js';
import { word } from '../measure/run-command.js';
import { dumpCommand, loadCommand, type RestoreTarget, type Sample, sampleOf, type Scope, type Tool } from './tool.js';

/** What a good shell script does: `mariadb-dump | zstd` and `tar | zstd -T0`, and the result synced. Always a full backup. */
export class Plain implements Tool {
  readonly name = 'plain';
  #site!: BenchSite;
  #home = '';

  get repository(): string {
    return this.#home;
  }

  async begin(site: BenchSite, home: string): Promise<void> {
    this.#site = site;
    this.#home = home;
    mkdirSync(home, { recursive: true });
  }

  backUp(scope: Scope): Promise<Sample> {
    const dump = `${dumpCommand(this.#site)} | zstd -q -3 -f -o ${this.#dump}`;
    const files = `tar -C ${word(this.#site.root)} -cf - . | zstd -q -3 -T0 -f -o ${this.#tar}`;
    return this.#run(...(scope === 'all' ? [dump, files] : [files]), `sync -f ${word(this.#home)}`);
  }

  restore(scope: Scope, { folder, database }: RestoreTarget): Promise<Sample> {
    const files = `zstd -q -dc ${this.#tar} | tar -C ${word(folder)} -xpf -`;
    const load = `zstd -q -dc ${this.#dump} | ${loadCommand(this.#site, database)}`;
    return this.#run(files, ...(scope === 'all' ? [load] : []), `sync -f ${word(folder)}`);
  }

  oneFile(path: string, out: string): Promise<Sample> {
    return this.#run(`zstd -q -dc ${this.#tar} | tar -xOf - ${word(`./${path}`)} > ${word(out)}`);
  }

  check(): Promise<Sample> {
    return this.#run(`zstd -q -t ${this.#dump} ${this.#tar}`);
  }

  async end(): Promise<void> {
    rmSync(this.#home, { recursive: true, force: true });
  }

  get #dump(): string {
    return word(join(this.#home, 'dump.sql.zst'));
  }

  get #tar(): string {
    return word(join(this.#home, 'files.tar.zst'));
  }

  #run(...lines: string[]): Promise<Sample> {
    return sampleOf(this.#site, lines.join('\n'));
  }
}
