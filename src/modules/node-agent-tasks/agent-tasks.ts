import { Injectable, Logger } from '@nestjs/common';
import { AppError, asAppError, plainError, throwIfAborted } from '../../common/errors/index.js';
import { TaskKind, type TaskAnswer, type TaskOrder } from '../node-protocol/index.js';
import { DiskScan } from '../scanner/disk/index.js';
import { SiteLook } from '../sites/disk/index.js';
import { AgentHooks } from './agent-hooks.js';
import { AgentPreviews } from './agent-previews.js';
import { namedTextsIn, textIn, textsIn } from './request-values.js';
import { type Tell, TaskTeller } from './task-teller.js';

type Request = Readonly<Record<string, unknown>>;
type Part = Record<string, unknown>;
type Work = (request: Request, signal: AbortSignal, tell: (part: Part) => Promise<void>, id: string) => Promise<Part>;

/** Does on this node what the master asks for. */
@Injectable()
export class AgentTasks {
  private readonly logger = new Logger('tasks');
  private readonly kinds: ReadonlyMap<string, Work>;

  constructor(
    private readonly disk: DiskScan,
    private readonly look: SiteLook,
    private readonly previews: AgentPreviews,
    private readonly hooks: AgentHooks,
  ) {
    this.kinds = new Map<string, Work>([
      [TaskKind.Scan, (request, signal, tell) => this.scan(request, signal, tell)],
      [TaskKind.Describe, (request) => this.describe(request)],
      [TaskKind.Reach, async (request) => ({ presence: await this.look.presence(textsIn(request, 'paths')) })],
      [TaskKind.Hook, async (request, signal) => ({ ...(await this.hooks.run(request, signal)) })],
      [
        TaskKind.PreviewRestore,
        async (request, signal, _tell, id) => ({ ...(await this.previews.run(id, request, signal)) }),
      ],
    ]);
  }

  /**
   * Does it and tells the answer in parts; resolves when there is nothing more to do, and never rejects. Ends early when the signal is raised
   * (without a last word: the master gives it up), when its time is over or when the master no longer wants the answer.
   */
  async run(order: TaskOrder, tell: Tell, signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const timeLimit = AbortSignal.timeout(order.timeLimitSeconds * 1000);
    const either = AbortSignal.any([signal, stop.signal, timeLimit]);
    const onGone = (error: unknown): void => {
      this.logger.debug(`The answer to a ${order.kind} is not wanted any more: ${String(error)}`);
      stop.abort();
    };
    const teller = new TaskTeller(tell, onGone, either);
    const end = await this.outcomeOf(order, either, teller);
    await (signal.aborted ? teller.leave() : teller.end(end));
  }

  private async outcomeOf(
    { id, kind, request }: TaskOrder,
    signal: AbortSignal,
    teller: TaskTeller,
  ): Promise<Pick<TaskAnswer, 'result' | 'error'>> {
    try {
      const work = this.kinds.get(kind);
      if (work === undefined) throw taskUnknown(kind);
      return { result: await work(request, signal, (part) => teller.add(part), id) };
    } catch (error) {
      const known = asAppError(error);
      if (known.kind === 'internal') this.logger.error(`A ${kind} failed: ${known.message}`, known.stack);
      return { error: plainError(known) };
    }
  }

  private async scan(request: Request, signal: AbortSignal, tell: (part: Part) => Promise<void>): Promise<Part> {
    const { roots, maxDepth, folders } = request;
    const options = {
      roots: Array.isArray(roots) ? textsIn(request, 'roots') : undefined,
      maxDepth: typeof maxDepth === 'number' ? maxDepth : undefined,
      folders: folders === true,
      signal,
    };
    for await (const event of this.disk.scan(options)) await tell(event);
    throwIfAborted(signal);
    return {};
  }

  private async describe(request: Request): Promise<Part> {
    const module = textIn(request, 'module');
    return { ...(await this.look.describe(module, textIn(request, 'path'), namedTextsIn(request, 'overrides'))) };
  }
}

function taskUnknown(kind: string): AppError {
  return new AppError({
    code: 'NODE_TASK_UNKNOWN',
    kind: 'conflict',
    message: `backupd on the node does not know what to do for "${kind}".`,
    hint: 'Update backupd on the node to the version of the master.',
    retry: 'never',
  });
}
