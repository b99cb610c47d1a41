import { Injectable } from '@nestjs/common';
import { type FieldFault, InvalidRequestError } from '../../common/http/index.js';
import { schemaFaults } from '../../common/json-schema.js';
import { descriptionOf } from '../../engine/ports/index.js';
import { BackupModuleRegistry } from '../backup-modules/index.js';
import { type DescribeTask, TaskKind } from '../node-protocol/index.js';
import { nodeAnswerInvalid, NodeDirectory, NodeTasks } from '../node-tasks/index.js';
import { absolute, type SeenFolder, SiteLook } from './disk/index.js';
import { overrideFaults } from './site-overrides.js';

const MAX_EXCLUDES = 1000;
/** A look at one folder, with its configuration files. */
const TIME_LIMIT_SECONDS = 60;

/** What a site's configuration is made of. */
export interface SiteInput {
  module: string;
  settings?: Readonly<Record<string, unknown>> | undefined;
  excludes?: readonly string[] | undefined;
  overrides?: Readonly<Record<string, unknown>> | undefined;
}

/** Checks sites before they are saved, with the help of their module. */
@Injectable()
export class SiteInspector {
  constructor(
    private readonly registry: BackupModuleRegistry,
    private readonly disk: SiteLook,
    private readonly nodes: NodeDirectory,
    private readonly tasks: NodeTasks,
  ) {}

  /** Errors: MODULE_UNKNOWN, REQUEST_INVALID with every fault. */
  check({ module, settings, excludes, overrides }: SiteInput): void {
    const faults = [
      ...schemaFaults(this.registry.get(module).settingsSchema, settings ?? {}, 'settings'),
      ...excludeFaults(excludes ?? []),
      ...overrideFaults(overrides ?? {}),
    ];
    if (faults.length > 0) throw new InvalidRequestError(faults);
  }

  /**
   * What the module finds at the path on the site's host (null = this one), and the real path of what is to be backed up. Errors:
   * REQUEST_INVALID (not absolute), PATH_NOT_FOUND, the module's (NOT_A_SITE), and on a node NODE_NOT_FOUND, NODE_BLOCKED, NODE_LACKS_MODULE,
   * NODE_NOT_ANSWERING, NODE_TASK_TIMEOUT.
   */
  async describe(
    module: string,
    given: string,
    overrides: Readonly<Record<string, string>>,
    nodeId: string | null,
  ): Promise<SeenFolder> {
    if (nodeId === null) return this.disk.describe(module, given, overrides);
    const node = await this.nodes.usable(nodeId, module);
    const request = { module, path: absolute(given), overrides: { ...overrides } } satisfies DescribeTask;
    // What was begun is looked at to its end, as on this host.
    const how = { timeLimitSeconds: TIME_LIMIT_SECONDS, signal: new AbortController().signal };
    const { path, description } = await this.tasks.result(nodeId, TaskKind.Describe, request, how);
    if (typeof path !== 'string' || path.length > 4096) throw nodeAnswerInvalid(nodeId, node.name, TaskKind.Describe);
    return { path: absolute(path), description: descriptionOf(description) };
  }
}

function excludeFaults(excludes: readonly string[]): FieldFault[] {
  if (excludes.length > MAX_EXCLUDES)
    return [{ field: 'excludes', message: `excludes must be at most ${MAX_EXCLUDES}` }];
  return excludes.flatMap((pattern, index) => {
    const field = `excludes.${index}`;
    if (!pattern.startsWith('/'))
      return [{ field, message: `${field} must start with "/" (the site's root): "/wp-content/cache"` }];
    if (pattern === '/' || pattern.split('/').includes('..') || pattern.includes('\0'))
      return [{ field, message: `${field} must name something inside the site` }];
    return [];
  });
}
