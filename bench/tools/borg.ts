import { mkdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { BenchSite } from '../corpus/site.js';
import { runPlain, word } from '../measure/run-command.js';
import { dumpCommand, loadCommand, type RestoreTarget, type Sample, sampleOf, type Scope, type Tool } from './tool.js';

/** Borg with `-C zstd,3` and no encryption (its fastest way): one archive of the files, one of the piped dump. */
export class Borg implements Tool {
  readonly name = 'borg';
  #site!: BenchSite;
  #home = '';
  #files = 0;
  #databases = 0;

  get repository(): string {
    return join(this.#home, 'repository');
  }

  async begin(site: BenchSite, home: string): Promise<void> {
    this.#site = site;
    this.#home = home;
    mkdirSync(home, { recursive: true });
    await runPlain(this.#borg(`init -e none ${word(this.repository)}`));
  }

  backUp(scope: Scope): Promise<Sample> {
    this.#files += 1;
    const files = this.#borg(`create -C zstd,3 ${this.#archive('files', this.#files)} ${word(this.#site.root)}`);
    const lines = [files];
    if (scope === 'all') {
      this.#databases += 1;
      const target = this.#archive('database', this.#databases);
      lines.unshift(`${dumpCommand(this.#site)} | ${this.#borg(`create -C zstd,3 --stdin-name dump.sql ${target} -`)}`);
    }
    return this.#run(...lines, `sync -f ${word(this.repository)}`);
  }

  restore(scope: Scope, { folder, database }: RestoreTarget): Promise<Sample> {
    const files = `cd ${word(folder)}\n${this.#borg(`extract ${this.#archive('files', this.#files)}`)}`;
    const dump = this.#borg(`extract --stdout ${this.#archive('database', this.#databases)}`);
    const load = `${dump} | ${loadCommand(this.#site, database)}`;
    return this.#run(files, ...(scope === 'all' ? [load] : []), `sync -f ${word(folder)}`);
  }

  oneFile(path: string, out: string): Promise<Sample> {
    const inside = join(relative('/', this.#site.root), path);
    const archive = this.#archive('files', this.#files);
    return this.#run(`${this.#borg(`extract --stdout ${archive} ${word(inside)}`)} > ${word(out)}`);
  }

  check(): Promise<Sample> {
    return this.#run(this.#borg(`check --verify-data ${word(this.repository)}`));
  }

  async end(): Promise<void> {
    rmSync(this.#home, { recursive: true, force: true });
  }

  #run(...lines: string[]): Promise<Sample> {
    return sampleOf(this.#site, lines.join('\n'));
  }

  #archive(kind: 'files' | 'database', count: number): string {
    return word(`${this.repository}::${kind}-${count}`);
  }

  #borg(command: string): string {
    const settings = `BORG_BASE_DIR=${word(this.#home)} BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes`;
    return `${settings} borg ${command}`;
  }
}
