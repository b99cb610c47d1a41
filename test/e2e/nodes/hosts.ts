import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sharedCeph, type CephServer } from '../../support/ceph.js';
import { runCli, type CliRun } from '../../support/cli.js';
import { MariaDbServer } from '../../support/mariadb.js';
import { TestMaster, type MasterOptions } from '../../support/master.js';
import { TestNetwork, type NetHost } from '../../support/net-hosts.js';
import { TestNode } from '../../support/node-process.js';
import { makeScratch } from '../../support/scratch.js';
import { WordPressSite, type WordPressOptions } from '../../support/wordpress.js';

const S3_PORT = 7480;

/** An S3 server as all hosts see it, under one address. */
export interface HostedS3 {
  endpoint: string;
  ceph: CephServer;
  /** Settings of a storage in a new bucket, as the API takes them. */
  newBucket(): Promise<Record<string, unknown>>;
}

/**
 * A test's own network of hosts, with what runs in them: masters, nodes, S3, WordPress. A host's files lie in `folder(host)`, as all of
 * them see the same disk; databases answer on a socket there.
 */
export class Hosts {
  private readonly scratch = makeScratch('hosts');
  private readonly undo: (() => Promise<unknown>)[] = [];
  private readonly databases = new Map<NetHost, Promise<MariaDbServer>>();

  private constructor(readonly network: TestNetwork) {}

  static async create(): Promise<Hosts> {
    return new Hosts(await TestNetwork.create());
  }

  addHost(name: string): Promise<NetHost> {
    return this.network.addHost(name);
  }

  /** Where the files of this host lie; other accounts may pass through it. */
  folder(host: NetHost): string {
    return join(this.scratch.path, host.name);
  }

  /** A master that answers at the host's address, on a database of the run's PostgreSQL. */
  async startMaster(host: NetHost, options: Partial<MasterOptions> = {}): Promise<TestMaster> {
    await mkdir(this.folder(host), { recursive: true });
    const dataDir = join(this.folder(host), 'data');
    const master = await TestMaster.start({ isDatabaseShared: true, dataDir, host, ...options });
    this.undo.push(() => master.stop());
    return master;
  }

  /** A node that has joined, or that `env` tells its master and key. */
  async startNode(host: NetHost, env: Record<string, string> = {}, dataDir = this.dataDir(host)): Promise<TestNode> {
    const node = await TestNode.start({ dataDir, host, env });
    this.undo.push(() => node.stop());
    return node;
  }

  /** The data dir of the host's node (or master). */
  dataDir(host: NetHost): string {
    return join(this.folder(host), 'data');
  }

  /** The run's Ceph RADOS gateway at the host's address: out of reach for the others when the host's link is cut. */
  async startS3(host: NetHost): Promise<HostedS3> {
    const ceph = await sharedCeph();
    await host.expose(S3_PORT, ceph.port);
    const endpoint = `http://${host.address}:${S3_PORT}`;
    return {
      endpoint,
      ceph,
      newBucket: async () => ({ endpoint, bucket: await ceph.createBucket(), ...ceph.keys, partSizeMiB: 5 }),
    };
  }

  /** The host's database server, on a socket; started by the first who asks. */
  database(host: NetHost): Promise<MariaDbServer> {
    const known = this.databases.get(host);
    if (known !== undefined) return known;
    const starting = MariaDbServer.start();
    this.databases.set(host, starting);
    this.undo.push(async () => (await starting).stop());
    return starting;
  }

  /** An installed WordPress at `<folder of the host>/www/<name>`, its database on the host's server. */
  async installWordPress(
    host: NetHost,
    name: string,
    options: Partial<WordPressOptions> = {},
  ): Promise<{ site: WordPressSite; database: string }> {
    const account = await (await this.database(host)).createDatabase(name);
    const root = join(this.folder(host), 'www', name);
    const site = await WordPressSite.install({
      root,
      database: account,
      title: name,
      slim: true,
      posts: 1,
      ...options,
    });
    return { site, database: account.database };
  }

  /** Runs the command line in the host, for what has its data dir there. */
  cli(host: NetHost, args: string[], env: Record<string, string> = {}): Promise<CliRun> {
    return runCli(args, { BACKUPD_DATA_DIR: this.dataDir(host), ...env }, host);
  }

  /** Stops everything, the last first, and takes it away. */
  async remove(): Promise<void> {
    for (let step = this.undo.pop(); step !== undefined; step = this.undo.pop()) await step();
    await this.network.remove();
    this.scratch.remove();
  }
}
