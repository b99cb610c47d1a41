import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { BenchSite } from '../corpus/site.js';
import { runPlain, word } from '../measure/run-command.js';
import { dumpCommand, loadCommand, type RestoreTarget, type Sample, sampleOf, type Scope, type Tool } from './tool.js';

/** restic with its defaults (zstd, encryption): one snapshot of the files, one of the piped dump. */
export class Restic implements Tool {
  readonly name = 'restic';
  #site!: BenchSite;
  #home = '';

  get repository(): string {
    return join(this.#home, 'repository');
  }

  async begin(site: BenchSite, home: string): Promise<void> {
    this.#site = site;
    this.#home = home;
    await runPlain(this.#restic('init'));
  }

  backUp(scope: Scope): Promise<Sample> {
    const { root } = this.#site;
    const files = this.#restic(`backup --tag files --host bench ${word(root)}`);
    const database = `${dumpCommand(this.#site)} | ${this.#restic('backup --tag database --host bench --stdin --stdin-filename dump.sql')}`;
    return this.#run(...(scope === 'all' ? [database, files] : [files]), `sync -f ${word(this.repository)}`);
  }

  restore(scope: Scope, { folder, database }: RestoreTarget): Promise<Sample> {
    const files = this.#restic(`restore --tag files latest --target ${word(folder)}`);
    const load = `${this.#restic('dump --tag database latest dump.sql')} | ${loadCommand(this.#site, database)}`;
    return this.#run(files, ...(scope === 'all' ? [load] : []), `sync -f ${word(folder)}`);
  }

  oneFile(path: string, out: string): Promise<Sample> {
    const inside = join('/', relative('/', this.#site.root), path);
    return this.#run(`${this.#restic(`dump --tag files latest ${word(inside)}`)} > ${word(out)}`);
  }

  check(): Promise<Sample> {
    return this.#run(this.#restic('check --read-data'));
  }

  async end(): Promise<void> {
    rmSync(this.#home, { recursive: true, force: true });
  }

  #run(...lines: string[]): Promise<Sample> {
    return sampleOf(this.#site, lines.join('\n'));
  }

  #restic(command: string): string {
    const { repository } = this;
    return `RESTIC_PASSWORD=bench restic -q --cache-dir ${word(join(this.#home, 'cache'))} -r ${word(repository)} ${command}`;
  }
}
