import type { JobEvent, JobProgress } from './api-types.js';
import { bytes, count, duration, plural, printable } from './format.js';
import type { Output } from './output.js';

const BAR_WIDTH = 20;
const REDRAW_MS = 100;
const PLAIN_EVERY_MS = 10_000;

/**
 * Shows a job's events on stderr: on a terminal one live line below the finished stages, else a plain line now and then.
 * Silent with --json.
 */
export class ProgressDisplay {
  #drawnAt = 0;
  #plainAt = 0;
  #isLineOpen = false;
  /** Stages that run now, with their last progress. */
  readonly #running = new Map<string, JobProgress | null>();
  readonly #live: boolean;

  constructor(
    private readonly output: Output,
    private readonly now: () => number = Date.now,
  ) {
    this.#live = output.terminal.stderr.isTTY === true;
  }

  /** Takes one event of the job. */
  show(event: JobEvent): void {
    if (this.output.json) return;
    const { colors } = this.output;
    const stage = text(event.data['stage'] ?? event.data['name']);
    switch (event.type) {
      case 'stage.started':
        this.#plainAt = this.now();
        this.#running.set(stage, null);
        if (this.#live) this.#draw(`${colors.cyan('▸')} ${stage}`, true);
        else this.#print(`${stage} …`);
        break;
      case 'stage.progress':
        this.#progress(event.data);
        break;
      case 'stage.completed':
        this.#running.delete(stage);
        this.#print(`${colors.green('✔')} ${stage}${this.#about(event.data)}`);
        break;
      case 'stage.skipped':
        this.#running.delete(stage);
        this.#print(`${colors.dim('–')} ${stage}${this.#about(event.data)}`);
        break;
      case 'stage.failed':
        this.#running.delete(stage);
        this.#print(`${colors.red('✖')} ${stage}${this.#about(event.data)}`);
        break;
      case 'job.warning':
        this.#print(
          `${colors.yellow('!')} ${text(event.data['message'])} ${colors.dim(`[${text(event.data['code'])}]`)}`,
        );
        break;
      case 'job.note':
        this.#print(colors.dim(`  ${text(event.data['message'])}`));
        break;
      default:
        break;
    }
  }

  /** Ends the live line. */
  end(): void {
    if (this.#isLineOpen) this.output.terminal.stderr.write('\r\u001b[K');
    this.#isLineOpen = false;
  }

  #progress(data: Record<string, unknown>): void {
    const progress = readProgress(data);
    if (this.#running.has(progress.stage ?? '')) this.#running.set(progress.stage ?? '', progress);
    if (this.#live) {
      this.#draw(`${this.output.colors.cyan('▸')} ${this.#line(progress)}`, false);
      return;
    }
    if (this.now() - this.#plainAt < PLAIN_EVERY_MS) return;
    this.#plainAt = this.now();
    this.#print(`  ${liveLine(progress)}`);
  }

  /** The stage that began last in full, others before it in short. */
  #line(latest: JobProgress): string {
    const known = [...this.#running.values()].filter((progress) => progress !== null);
    const main = known.at(-1) ?? latest;
    const others = known
      .slice(0, -1)
      .map(({ stage, percent }) => `${stage ?? ''}${percent === null ? '' : ` ${Math.floor(percent)} %`} + `);
    return others.join('') + liveLine(main);
  }

  #about(data: Record<string, unknown>): string {
    const message = text(data['message']);
    const seconds = typeof data['durationSeconds'] === 'number' ? ` (${duration(data['durationSeconds'])})` : '';
    return `${message === '' ? '' : `  ${message}`}${this.output.colors.dim(seconds)}`;
  }

  #print(line: string): void {
    this.end();
    this.output.remark(line);
  }

  #draw(line: string, force: boolean): void {
    if (!force && this.now() - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = this.now();
    const columns = this.output.terminal.stderr.columns ?? 80;
    this.output.terminal.stderr.write(`\r\u001b[K${clip(line, columns - 1)}`);
    this.#isLineOpen = true;
  }
}

/** One line: stage, bar, bytes, rate, time left, what is being worked on. */
export function liveLine(progress: JobProgress): string {
  const { bytesDone, bytesTotal, itemsDone, itemsTotal, percent, bytesPerSecond, current } = progress;
  const parts = [printable(progress.stage ?? '')];
  if (percent !== null) parts.push(`${bar(percent)} ${Math.floor(percent)} %`);
  if (bytesDone > 0 || (bytesTotal ?? 0) > 0)
    parts.push(bytesTotal === null ? bytes(bytesDone) : `${bytes(bytesDone)} of ${bytes(bytesTotal)}`);
  if (itemsDone !== null && itemsDone > 0)
    parts.push(
      itemsTotal === null ? plural(itemsDone, 'item') : `${count(itemsDone)} of ${plural(itemsTotal, 'item')}`,
    );
  if (bytesPerSecond !== null && bytesPerSecond > 0) {
    parts.push(`${bytes(bytesPerSecond)}/s`);
    if (bytesTotal !== null && bytesTotal > bytesDone)
      parts.push(`${duration(Math.ceil((bytesTotal - bytesDone) / bytesPerSecond))} left`);
  }
  if (current !== null && current !== '') parts.push(printable(current));
  return parts.join('  ');
}

function bar(percent: number): string {
  const full = Math.round((Math.min(100, Math.max(0, percent)) / 100) * BAR_WIDTH);
  return '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
}

function readProgress(data: Record<string, unknown>): JobProgress {
  const inner = data['progress'];
  const source: Record<string, unknown> = typeof inner === 'object' && inner !== null ? { ...data, ...inner } : data;
  const number = (name: string): number | null => {
    const value = source[name];
    return typeof value === 'number' ? value : null;
  };
  return {
    stage: text(source['stage']),
    bytesDone: number('bytesDone') ?? 0,
    bytesTotal: number('bytesTotal'),
    itemsDone: number('itemsDone'),
    itemsTotal: number('itemsTotal'),
    percent: number('percent'),
    bytesPerSecond: number('bytesPerSecond'),
    current: text(source['current']) || null,
  };
}

const text = (value: unknown): string => (typeof value === 'string' ? printable(value) : '');

/** Cuts to a width, not counting color codes. */
function clip(line: string, width: number): string {
  let shown = 0;
  let result = '';
  // oxlint-disable-next-line no-control-regex -- color codes begin with ESC
  for (const [part] of line.matchAll(/\u001b\[[0-9;]*m|./gsu)) {
    if (part.startsWith('\u001b')) result += part;
    else if (shown < width) {
      result += part;
      shown += 1;
    }
  }
  return result;
}
