import { median, pairedRatio } from '../measure/statistics.js';
import type { RowName } from '../options.js';
import type { Sample, ToolName } from '../tools/tool.js';
import type { Results, RowResult } from './results.js';

/** A figure of a run: the whole command, or what backupd's own record of the job (or the API's answer) says. */
export type Clock = 'command' | 'engine';

/** Questions to the results. Every answer is null where something was not measured. */
export class Figures {
  constructor(private readonly results: Results) {}

  row(name: RowName): RowResult | null {
    return this.results.rows.find((one) => one.row === name) ?? null;
  }

  fact(row: RowName, name: string): number | null {
    return this.row(row)?.facts[name] ?? null;
  }

  median(row: RowName, tool: ToolName, figure: (sample: Sample) => number | undefined): number | null {
    const samples = this.row(row)?.samples[tool] ?? [];
    return median(samples.flatMap((sample) => figure(sample) ?? []));
  }

  /** Median of the paired ratios of our time to theirs. */
  timeRatio(row: RowName, other: ToolName, clock: Clock): number | null {
    const samples = this.row(row)?.samples;
    const ours = (samples?.backupd ?? []).map((sample) =>
      clock === 'engine' ? (sample.engineSeconds ?? Number.NaN) : sample.seconds,
    );
    return pairedRatio(
      ours,
      (samples?.[other] ?? []).map((sample) => sample.seconds),
    );
  }

  /** What we stored against the one of the others that stored least. */
  storedRatio(row: RowName, others: readonly ToolName[]): number | null {
    const stored = (tool: ToolName): number | null => this.median(row, tool, (sample) => sample.storedBytes);
    const ours = stored('backupd');
    const least = others.flatMap((tool) => stored(tool) ?? []).toSorted((a, b) => a - b)[0];
    return ours === null || least === undefined || least === 0 ? null : ours / least;
  }

  /** The fastest of some tools, by their medians. */
  fastest(row: RowName, tools: readonly ToolName[]): ToolName | null {
    const timed = tools.flatMap((tool) => {
      const seconds = this.median(row, tool, (sample) => sample.seconds);
      return seconds === null ? [] : [{ tool, seconds }];
    });
    return timed.toSorted((a, b) => a.seconds - b.seconds)[0]?.tool ?? null;
  }
}
