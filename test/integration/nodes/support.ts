import { randomBytes } from 'node:crypto';
import { version as ownVersion } from '../../../src/common/version.js';
import type {
  CollectAnswer,
  Heartbeat,
  HeartbeatAnswer,
  JoinRequest,
  JoinRequestAnswer,
} from '../../../src/modules/node-protocol/index.js';
import { JoinLimits } from '../../../src/modules/nodes/join-limits.js';
import type { Answer } from '../../support/api.js';
import type { TestApp } from '../core/test-app.js';

type Server = Pick<TestApp, 'admin' | 'anyone' | 'app'>;

/** A host that wants to become a node. */
export class Host {
  readonly secret = randomBytes(32).toString('base64url');

  constructor(
    readonly test: Server,
    readonly hostname: string,
  ) {}

  ask(more: Partial<JoinRequest> = {}): Promise<Answer<JoinRequestAnswer>> {
    const body = { hostname: this.hostname, version: ownVersion, secret: this.secret, ...more };
    return this.test.anyone.call<JoinRequestAnswer>('POST', '/node/join-requests', body);
  }

  /** What it is told, as plain as it comes. */
  async collect(requestId: string, secret = this.secret): Promise<CollectAnswer> {
    const path = `/node/join-requests/${requestId}/collect`;
    return (await this.test.anyone.call<CollectAnswer>('POST', path, { secret })).body;
  }
}

/** A node, as the master sees it. */
export class TestNode {
  constructor(
    readonly test: Server,
    readonly id: string,
    public key: string,
    public version: string,
  ) {}

  /** Joins with a token. */
  static async join(test: Server, name: string): Promise<TestNode> {
    const { token } = await test.admin.post<{ token: string }>('/nodes/tokens', { name });
    const host = new Host(test, `${name}.example.com`);
    const { body } = await host.ask({ token });
    const { nodeId = '', key = '' } = await host.collect(body.requestId);
    return new TestNode(test, nodeId, key, ownVersion);
  }

  async call<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const response = await fetch(this.test.anyone.url + path, {
      method,
      headers: {
        Authorization: `Bearer ${this.key}`,
        'backupd-version': this.version,
        'backupd-boot': 'boot-1',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as T };
  }

  beat(more: Partial<Heartbeat> = {}): Promise<Answer<HeartbeatAnswer>> {
    return this.call<HeartbeatAnswer>('POST', '/node/heartbeat', heartbeat(more));
  }
}

export function heartbeat(more: Partial<Heartbeat> = {}): Heartbeat {
  return {
    isFirst: false,
    facts: {
      hostname: 'web.example.com',
      platform: 'linux x64',
      cpus: 4,
      memoryBytes: 8_000_000_000,
      scanRoots: ['/var/www'],
      modules: ['wordpress'],
      limits: { io: 2, network: 1, cpu: 4, bandwidthMbps: 50 },
    },
    load: {
      load1: 1.5,
      memoryFreeBytes: 4_000_000_000,
      rssBytes: 90_000_000,
      disks: [{ path: '/', freeBytes: 25, totalBytes: 100 }],
      network: { sentBytes: 1000, receivedBytes: 2000 },
      uploadBytesPerSecond: 0,
    },
    runs: [],
    workOf: [],
    cleared: [],
    ...more,
  };
}

/** Tests come from one address. */
export function liftLimits({ app }: Pick<TestApp, 'app'>): JoinLimits {
  const limits = app.get(JoinLimits, { strict: false });
  for (const limiter of [limits.asking, limits.failing, limits.collecting]) limiter.points = 10_000;
  return limits;
}
