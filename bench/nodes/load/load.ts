import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { endWithTest, stopChild } from '../../../test/support/scratch.js';
import type { LoadAnswer, LoadCall, LoadCalls, LoadRequest, LoadSetup } from './messages.js';

/** The process that plays the nodes, from the bench's side. */
export class LoadProcess {
  private readonly open = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  private lastId = 0;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', ({ id, result, error }: LoadAnswer) => {
      const call = this.open.get(id);
      this.open.delete(id);
      if (error === undefined) call?.resolve(result);
      else call?.reject(new Error(error));
    });
    child.once('exit', (code) => {
      for (const { reject } of this.open.values()) reject(new Error(`The simulated nodes ended with ${code}.`));
    });
  }

  static start(setup: LoadSetup): LoadProcess {
    const child = fork(join(import.meta.dirname, 'load-process.ts'), [JSON.stringify(setup)], {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    endWithTest(child);
    return new LoadProcess(child);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  call<C extends LoadCall>(call: C, ...[argument]: Parameters<LoadCalls[C]>): Promise<ReturnType<LoadCalls[C]>> {
    this.lastId += 1;
    const request: LoadRequest = { id: this.lastId, call, argument: argument ?? null };
    return new Promise((resolve, reject) => {
      this.open.set(request.id, { resolve: resolve as (result: unknown) => void, reject });
      this.child.send(request);
    });
  }

  async stop(): Promise<void> {
    await stopChild(this.child, 'SIGKILL');
  }
}
