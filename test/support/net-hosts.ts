import { execFile, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { connect, type Server, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { startOf } from './processes.js';
import { endWithTest, until } from './scratch.js';

const run = promisify(execFile);
const PREFIX = 'bkd';
/** Of RFC 2544, for tests of networks: nobody has addresses of it. Each network takes a /24. */
const RANGE = '198.18';
const SWITCH = 'switch';

/**
 * How a link is broken: `unplugged` = the host sees that its interface is down, as after a pulled cable; `silent` = the host sees nothing,
 * its packets get lost on the way, as at a firewall or a dead router.
 */
export type Cut = 'unplugged' | 'silent';

/** Runs `ip` commands in a namespace, in one process. */
async function ip(namespace: string, ...commands: string[]): Promise<void> {
  const done = run('ip', ['-n', namespace, '-batch', '-']);
  done.child.stdin?.end(`${commands.join('\n')}\n`);
  await done;
}

/** A host of a test: a network namespace with its own address, interface and loopback. Files and Unix sockets are those of the machine. */
export class NetHost {
  private readonly relays = new Set<Relay>();

  constructor(
    readonly name: string,
    readonly address: string,
    private readonly namespace: string,
    private readonly port: string,
    private readonly switchNamespace: string,
  ) {}

  /** Program and arguments that run the given ones in this host, in the same process. */
  command(program: string, args: readonly string[]): [program: string, args: string[]] {
    return ['ip', ['netns', 'exec', this.namespace, program, ...args]];
  }

  /** Starts a program in this host; it ends with the test. */
  spawn(program: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
    const child = spawn(...this.command(program, args), options);
    endWithTest(child);
    return child;
  }

  /** Runs a program in this host to its end; fails when it does. */
  run(program: string, args: readonly string[] = []): Promise<{ stdout: string; stderr: string }> {
    return run(...this.command(program, args), { encoding: 'utf8' });
  }

  /** Breaks the link between this host and all others. Connections stay open, and go on after `heal` if nobody gave them up. */
  async cut(how: Cut = 'unplugged'): Promise<void> {
    if (how === 'unplugged') await ip(this.namespace, 'link set eth0 down');
    else await ip(this.switchNamespace, `link set ${this.port} nomaster`);
  }

  /** Mends the link, however it was cut. */
  async heal(): Promise<void> {
    await ip(this.switchNamespace, `link set ${this.port} master br0`);
    await ip(this.namespace, 'link set eth0 up');
  }

  /** What this host sends is slowed down to so many megabits a second; null = as fast as it goes. */
  async limit(megabits: number | null): Promise<void> {
    const verb = megabits === null ? 'del' : 'replace';
    const rate = megabits === null ? [] : ['tbf', 'rate', `${megabits}mbit`, 'burst', '64k', 'latency', '50ms'];
    await run('tc', ['-n', this.namespace, 'qdisc', verb, 'dev', 'eth0', 'root', ...rate]);
  }

  /**
   * Makes a server of the machine's loopback answer at this host's address, to this host and all others: `address:port` leads to
   * `127.0.0.1:to`. No process is needed: the socket is opened in the host's namespace and handed over to this one.
   */
  async expose(port: number, to: number): Promise<void> {
    const opener = `const server = require('node:net').createServer();
      server.listen(${port}, '${this.address}', () => process.send('listening', server, () => process.exit(0)));`;
    const child = this.spawn(process.execPath, ['-e', opener], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const handle = await new Promise<unknown>((resolve, reject) => {
      child.once('message', (_message, server) => resolve(server));
      child.once('exit', (code) => reject(new Error(`port ${port} of ${this.name} could not be opened (${code})`)));
    });
    this.relays.add(new Relay(handle as Server, to));
  }

  /** Ends all its processes and takes it away. */
  async remove(): Promise<void> {
    for (const relay of this.relays) relay.close();
    await removeNamespace(this.namespace);
  }
}

/** Passes connections on to a port of this machine's loopback. */
class Relay {
  private readonly sockets = new Set<Socket>();

  constructor(
    private readonly server: Server,
    to: number,
  ) {
    server.on('connection', (client) => {
      const upstream = connect(to, '127.0.0.1');
      for (const [socket, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        this.sockets.add(socket);
        socket.on('error', () => other.destroy());
        socket.on('close', () => {
          this.sockets.delete(socket);
          other.destroy();
        });
        socket.pipe(other);
      }
    });
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }
}

/**
 * Hosts on one Ethernet, made of network namespaces; needs root (`requires('netns')`). The test itself is on it too, at `address`, so it
 * reaches every host. What runs that were killed have left is removed by the next one.
 */
export class TestNetwork {
  private readonly hosts: NetHost[] = [];

  private constructor(
    private readonly id: string,
    private readonly subnet: string,
  ) {}

  static async create(): Promise<TestNetwork> {
    await removeLeftovers();
    networks += 1;
    const id = `${PREFIX}-${process.pid}-${startOf(process.pid) ?? ''}-${networks}`;
    const network = new TestNetwork(id, await freeSubnet());
    try {
      await run('ip', ['netns', 'add', network.switchNamespace]);
      await ip(network.switchNamespace, 'link add br0 type bridge', 'link set br0 up');
      // The bridge has a namespace of its own: no packet filter of this machine sees what passes it.
      const own = `${PREFIX}${process.pid}n${networks}`;
      await run('ip', ['link', 'add', own, 'type', 'veth', 'peer', 'name', 'test', 'netns', network.switchNamespace]);
      await ip(network.switchNamespace, 'link set test master br0 up');
      await run('ip', ['address', 'add', `${network.address}/24`, 'dev', own]);
      await run('ip', ['link', 'set', own, 'up']);
    } catch (error) {
      await network.remove();
      throw error;
    }
    return network;
  }

  /** The test's own address on it. */
  get address(): string {
    return `${this.subnet}.254`;
  }

  /** Adds a host under the next free address. */
  async addHost(name: string): Promise<NetHost> {
    const namespace = `${this.id}-${name}`;
    const number = this.hosts.length + 1;
    const host = new NetHost(name, `${this.subnet}.${number}`, namespace, `host${number}`, this.switchNamespace);
    await run('ip', ['netns', 'add', namespace]);
    this.hosts.push(host);
    await ip(
      namespace,
      `link add eth0 type veth peer name host${number} netns ${this.switchNamespace}`,
      `address add ${host.address}/24 dev eth0`,
      'link set lo up',
      'link set eth0 up',
    );
    await ip(this.switchNamespace, `link set host${number} master br0 up`);
    return host;
  }

  /** Ends all that runs in its hosts and takes everything away. Idempotent. */
  async remove(): Promise<void> {
    for (const host of this.hosts.splice(0)) await host.remove();
    // The veth into it goes with it.
    await removeNamespace(this.switchNamespace);
  }

  private get switchNamespace(): string {
    return `${this.id}-${SWITCH}`;
  }
}

let networks = 0;

/** The first three numbers of a /24 to which no route leads, but a default one. */
async function freeSubnet(): Promise<string> {
  const { stdout } = await run('ip', ['-4', '-oneline', 'route', 'show', 'table', 'all']);
  const first = process.pid % 256;
  for (let offset = 0; offset < 256; offset += 1) {
    const subnet = `${RANGE}.${(first + offset) % 256}`;
    if (!stdout.includes(`${subnet}.`)) return subnet;
  }
  throw new Error(`no /24 of ${RANGE}.0.0/16 is free`);
}

async function namespaces(): Promise<string[]> {
  const { stdout } = await run('ip', ['netns', 'list']);
  return stdout.split('\n').map((line) => line.split(' ')[0] ?? '');
}

/** Ends what runs in it, by the ids that the kernel names. One that is gone already is fine. */
async function removeNamespace(name: string): Promise<void> {
  if (!(await namespaces()).includes(name)) return;
  await until(`all processes in ${name} to end`, async () => {
    const { stdout } = await run('ip', ['netns', 'pids', name]);
    const pids = stdout.split('\n').filter(Boolean).map(Number);
    for (const pid of pids) kill(pid);
    return pids.length === 0;
  });
  await run('ip', ['netns', 'delete', name]);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** Removes the namespaces of test processes that are gone. */
async function removeLeftovers(): Promise<void> {
  for (const name of await namespaces()) {
    const [, pid, start] = /^bkd-(\d+)-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && startOf(Number(pid)) !== start) await removeNamespace(name);
  }
}
