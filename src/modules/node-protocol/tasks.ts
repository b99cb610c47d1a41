import type { RestoreRequest, SiteSpec } from '../../engine/ports/index.js';
import type { SourceOrder } from './work.js';

/** Kinds of tasks (TaskOrder): what each is asked with and what it answers. */
export const TaskKind = {
  /** Looks for sites: ScanTask; parts are ScanEvents, as `GET /scan` streams them. */
  Scan: 'scan',
  /** Looks at one folder: DescribeTask; the result is `{path, description}`. */
  Describe: 'describe',
  /** Whether folders are there: ReachTask; the result is `{presence: ('there' | 'gone' | 'unknown')[]}` in the same order. */
  Reach: 'reach',
  /** Runs a command as the site's owner: HookTask; the result is `{ok, end, output}`. */
  Hook: 'hook',
  /** What a restore would change: PreviewTask; the result is a RestorePreview. */
  PreviewRestore: 'preview-restore',
} as const;
export type TaskKind = (typeof TaskKind)[keyof typeof TaskKind];

export interface ScanTask {
  /** Null = the node's own. */
  roots: string[] | null;
  maxDepth: number | null;
  /** Also say which folder each install is. */
  folders: boolean;
}

export interface DescribeTask {
  module: string;
  path: string;
  overrides: Record<string, string>;
}

export interface ReachTask {
  paths: string[];
}

export interface HookTask {
  command: string[];
  sitePath: string;
  env: Record<string, string>;
  timeLimitMs: number;
}

export interface PreviewTask {
  backupId: string;
  site: SiteSpec;
  request: RestoreRequest;
  source: SourceOrder;
}
