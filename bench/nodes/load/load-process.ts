import { setTimeout as pause } from 'node:timers/promises';
import type { LoadCalls, LoadRequest, LoadSetup } from './messages.js';
import { SimulatedNode } from './simulated-node.js';
import { Tally } from './tally.js';

/** So many hosts join at a time. */
const JOINING = 4;

/** All simulated nodes, in a process of their own: what they cost is not the bench's, and not the master's. */
class Load {
  private readonly tally = new Tally();
  private readonly nodes: SimulatedNode[] = [];
  private urls: readonly string[];
  private turn = 0;

  constructor(private readonly setup: LoadSetup) {
    this.urls = setup.urls;
  }

  async answer({ call, argument }: LoadRequest): Promise<unknown> {
    if (call === 'join') return this.join(argument as Parameters<LoadCalls['join']>[0]);
    if (call === 'counted') return this.tally.take();
    this.urls = argument as Parameters<LoadCalls['use']>[0];
    return null;
  }

  private async join(tokens: string[]): Promise<string[]> {
    const waiting = tokens.map((token) => {
      const node = new SimulatedNode(this.nodes.length, this.setup, this.tally, () => this.next());
      this.nodes.push(node);
      return { node, token };
    });
    const ids: string[] = [];
    const one = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        ids.push(await next.node.join(next.token));
        next.node.begin();
      }
    };
    await Promise.all(Array.from({ length: JOINING }, one));
    return ids;
  }

  /** The masters one after the other, request by request. */
  private next(): string {
    this.turn += 1;
    return this.urls[this.turn % this.urls.length] ?? '';
  }
}

const setup = JSON.parse(process.argv[2] ?? '') as LoadSetup;
const load = new Load(setup);
process.on('message', (request: LoadRequest) => {
  void load.answer(request).then(
    (result) => process.send?.({ id: request.id, result }),
    (error: unknown) => process.send?.({ id: request.id, error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
// Until it is told otherwise.
for (;;) await pause(3_600_000);
