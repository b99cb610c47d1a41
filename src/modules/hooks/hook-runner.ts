import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AppError, asAppError, cancelledError, throwIfAborted } from '../../common/errors/index.js';
import { redact } from '../../common/logging/index.js';
import { outgoingRequest } from '../../common/outgoing/index.js';
import { AppConfig } from '../../config/index.js';
import { SafeValues } from '../../engine/runner/index.js';
import { type HookTask, TaskKind } from '../node-protocol/index.js';
import { NodeTasks } from '../node-tasks/index.js';
import { SecretBox } from '../secrets/index.js';
import { type HookTry, runCommand } from './hook-command.js';
import { type HookFacts, hookBody, hookEnvironment } from './hook-facts.js';
import { type Hook, HookFailure } from './hook.entity.js';
import { hookFailed } from './hooks.errors.js';
import { secretPartOf, textsOf } from './secret-part.js';

/** Tries of a hook whose failure is to be `retry`. */
const TRIES = 3;
const WAIT_MS = 1000;
/** Of an answer. */
const MOST_SAID = 4096;
/** For a node to end a command that goes on for too long. */
const GRACE_SECONDS = 10;

/** How a hook went in the end. */
export interface HookEnd extends HookTry {
  tries: number;
  seconds: number;
  /** Null when it went well. */
  error: AppError | null;
}

export interface HookRunOptions {
  /** The host of the site: commands run there; null = this one. */
  nodeId: string | null;
  workDir: string;
  /** Of the site: blotted out of what the hook says. */
  secrets: readonly string[];
  signal: AbortSignal;
}

/** Runs one hook, as often as its failure policy says. */
@Injectable()
export class HookRunner {
  /** Pause between two tries; doubles. */
  waitMs = WAIT_MS;

  constructor(
    private readonly config: AppConfig,
    private readonly box: SecretBox,
    private readonly tasks: NodeTasks,
  ) {}

  /** Never throws for what the hook does. Error: JOB_CANCELLED when the signal is raised; nothing of the hook runs any more then. */
  async run(hook: Hook, facts: HookFacts, options: HookRunOptions): Promise<HookEnd> {
    const started = performance.now();
    const most = hook.onFailure === HookFailure.Retry ? TRIES : 1;
    for (let tries = 1; ; tries++) {
      throwIfAborted(options.signal);
      const { error, ...end } = await this.tryOnce(hook, facts, options);
      throwIfAborted(options.signal);
      if (end.ok || tries === most) {
        const seconds = Math.round((performance.now() - started) / 100) / 10;
        return { ...end, output: redact(new SafeValues(options.secrets).text(end.output)), tries, seconds, error };
      }
      await sleep(this.waitMs * 2 ** (tries - 1), null, { signal: options.signal }).catch(() => {
        throw cancelledError();
      });
    }
  }

  private async tryOnce(
    hook: Hook,
    facts: HookFacts,
    options: HookRunOptions,
  ): Promise<HookTry & { error: AppError | null }> {
    try {
      const end = await (hook.action.type === 'http'
        ? this.send(hook, facts, options)
        : this.start(hook, facts, options));
      return { ...end, error: end.ok ? null : hookFailed(hook.name, facts.moment, `${end.end}.`) };
    } catch (thrown) {
      const error = asAppError(thrown);
      return { ok: false, end: error.message, output: '', error: hookFailed(hook.name, facts.moment, error.message) };
    }
  }

  private async start(hook: Hook, facts: HookFacts, options: HookRunOptions): Promise<HookTry> {
    const { nodeId, signal } = options;
    const task = {
      command: hook.action.type === 'command' ? hook.action.command : [],
      sitePath: facts.site.path,
      env: hookEnvironment(facts),
      timeLimitMs: hook.timeLimitSeconds * 1000,
    } satisfies HookTask;
    if (nodeId === null) return runCommand({ ...options, ...task });
    const how = { timeLimitSeconds: hook.timeLimitSeconds + GRACE_SECONDS, signal };
    const { ok, end, output } = await this.tasks.result(nodeId, TaskKind.Hook, task, how);
    return {
      ok: ok === true,
      end: typeof end === 'string' ? end.slice(0, MOST_SAID) : 'its end is not known',
      output: typeof output === 'string' ? output.slice(0, MOST_SAID + 10) : '',
    };
  }

  private async send(hook: Hook, facts: HookFacts, { signal }: HookRunOptions): Promise<HookTry> {
    const part = secretPartOf(hook, this.box);
    const { url, headers } = part;
    const safe = new SafeValues(textsOf(part));
    const method = hook.action.type === 'http' ? hook.action.method : 'GET';
    const { status, body } = await outgoingRequest(url, {
      method,
      headers: method === 'GET' ? headers : { 'Content-Type': 'application/json', ...headers },
      ...(method === 'GET' ? {} : { body: JSON.stringify(hookBody(facts)) }),
      timeoutMs: hook.timeLimitSeconds * 1000,
      allow: this.config.outgoingAllow,
      signal,
    });
    return {
      ok: status >= 200 && status < 300,
      end: `HTTP ${status}`,
      output: safe.text(body).trim().slice(0, MOST_SAID),
    };
  }
}
