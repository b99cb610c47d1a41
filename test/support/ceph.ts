import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { inject } from 'vitest';
import { readIfThere, startOf } from './processes.js';
import { findProgram, freePort, GiveUp, makeScratch, until } from './scratch.js';

const run = promisify(execFile);
const PROGRAMS = ['ceph-mon', 'ceph-osd', 'radosgw', 'radosgw-admin', 'ceph', 'ceph-authtool', 'monmaptool'];
const START_TIMEOUT_MS = 100_000;

export interface S3Keys {
  accessKeyId: string;
  secretAccessKey: string;
}

export interface BucketOptions {
  /** Made for object lock (and with that, versions). */
  lock?: boolean;
  versioned?: boolean;
}

/** A real S3 server: Ceph's RADOS gateway on a loopback port, in a scratch folder. Works as root and as anybody else. */
export class CephServer {
  readonly client: S3Client;

  constructor(
    readonly folder: string,
    readonly port: number,
    /** Of an account that owns the buckets. */
    readonly keys: S3Keys,
  ) {
    this.client = new S3Client({
      endpoint: this.endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      // The SDK writes into what it is given.
      credentials: { ...keys },
      requestChecksumCalculation: 'WHEN_REQUIRED',
    });
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** A new bucket; its name. */
  async createBucket(options: BucketOptions = {}): Promise<string> {
    const Bucket = `b-${randomUUID()}`;
    await this.client.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: options.lock === true }));
    if (options.versioned === true)
      await this.client.send(
        new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
      );
    return Bucket;
  }

  /** A new bucket of another account. */
  async createBucketAs(credentials: S3Keys): Promise<string> {
    const Bucket = `b-${randomUUID()}`;
    const { endpoint } = this;
    const client = new S3Client({
      endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { ...credentials },
    });
    await client.send(new CreateBucketCommand({ Bucket }));
    client.destroy();
    return Bucket;
  }

  /** A delete as other programs do it: in a bucket with versions it only adds a delete marker. */
  async deleteVisibly(Bucket: string, Key: string): Promise<void> {
    await this.client.send(new DeleteObjectCommand({ Bucket, Key }));
  }

  /** Versions and delete markers of all objects. */
  async countVersions(bucket: string): Promise<number> {
    const page = await this.client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    return (page.Versions?.length ?? 0) + (page.DeleteMarkers?.length ?? 0);
  }

  /** Another account, which may do these actions on the bucket and nothing else. */
  async createUser(bucket: string, actions: readonly string[]): Promise<S3Keys> {
    const uid = `u${randomUUID().slice(0, 8)}`;
    const keys = { accessKeyId: `key-${uid}`, secretAccessKey: `secret-${uid}` };
    await this.admin('user', 'create', `--uid=${uid}`, `--display-name=${uid}`, ...keyArgs(keys));
    await this.client.send(
      new PutBucketPolicyCommand({
        Bucket: bucket,
        Policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: [`arn:aws:iam:::user/${uid}`] },
              Action: actions,
              Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
            },
          ],
        }),
      }),
    );
    return keys;
  }

  /** Runs `radosgw-admin`. */
  async admin(...args: string[]): Promise<string> {
    return (await run('radosgw-admin', ['-c', join(this.folder, 'ceph.conf'), ...args])).stdout;
  }
}

/** The server of this test run; the first who asks starts it (about 13 seconds), global-setup stops it. */
export async function sharedCeph(): Promise<CephServer> {
  const folder = inject('cephFolder');
  const ready = join(folder, 'ready.json');
  const failed = join(folder, 'failed');
  let isMine = true;
  try {
    mkdirSync(join(folder, 'starting'));
  } catch {
    isMine = false;
  }
  if (isMine) {
    try {
      const server = await start(folder);
      writeFileSync(`${ready}.new`, JSON.stringify({ port: server.port, keys: server.keys }));
      renameSync(`${ready}.new`, ready);
      return server;
    } catch (error) {
      writeFileSync(failed, String(error));
      throw error;
    }
  }
  const text = await until(
    'Ceph to be started by another worker',
    () => {
      if (existsSync(failed)) throw new GiveUp(readFileSync(failed, 'utf8'));
      return readIfThere(ready);
    },
    { timeoutMs: START_TIMEOUT_MS },
  );
  const { port, keys } = JSON.parse(text) as { port: number; keys: S3Keys };
  return new CephServer(folder, port, keys);
}

/** Makes the folder of this run's server and ends what runs that were killed have left. Called once by global-setup. */
export async function prepareCeph(): Promise<{ folder: string; stop: () => Promise<void> }> {
  await removeLeftovers();
  const scratch = makeScratch('ceph');
  writeFileSync(join(scratch.path, 'owner'), identityOf(process.pid) ?? '');
  return {
    folder: scratch.path,
    stop: async () => {
      await endDaemons(scratch.path);
      scratch.remove();
    },
  };
}

async function start(folder: string): Promise<CephServer> {
  const missing = PROGRAMS.filter((name) => findProgram(name) === null);
  if (missing.length > 0) throw new Error('Ceph is missing: apt-get install radosgw ceph-mon ceph-osd ceph-common');
  for (const name of ['mon', 'osd', 'rgw', 'run', 'log']) mkdirSync(join(folder, name));
  const [port, monPort] = [await freePort(), await freePort()];
  const fsid = randomUUID();
  const config = join(folder, 'ceph.conf');
  writeFileSync(config, configuration(folder, fsid, port, monPort));
  const ceph = (name: string, ...args: string[]): Promise<unknown> =>
    run(name, ['-c', config, ...args], { cwd: folder });
  const [keyring, monmap, osd] = [join(folder, 'keyring'), join(folder, 'monmap'), randomUUID()];
  await run('ceph-authtool', ['--create-keyring', keyring, '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *']);
  const admin = [keyring, '--gen-key', '-n', 'client.admin'];
  for (const daemon of ['mon', 'osd']) admin.push('--cap', daemon, 'allow *');
  await run('ceph-authtool', admin);
  await run('monmaptool', ['--create', '--addv', 'a', `v1:127.0.0.1:${monPort}`, '--fsid', fsid, monmap]);
  await ceph('ceph-mon', '--mkfs', '-i', 'a', '--monmap', monmap, '--keyring', keyring);
  // No manager: what it tells nobody asks here, and it took 3 % of a core as long as the server ran.
  await ceph('ceph-mon', '-i', 'a');
  // The monitor refuses at first, while it elects itself.
  await until('the monitor to answer', async () =>
    ceph('ceph', '--connect-timeout', '30', 'osd', 'new', osd).then(() => true),
  );
  await ceph('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', osd);
  // It may elect itself again, and refuse again.
  await until('the monitor to take the OSD', async () =>
    ceph('ceph', 'osd', 'crush', 'add', 'osd.0', '1.0', 'root=default', 'host=localhost').then(() => true),
  );
  // The first start may meet the monitor too early ("wrong fsid").
  await until('the OSD to start', async () => ceph('ceph-osd', '-i', '0').then(() => true), { everyMs: 500 });
  await ceph('radosgw', '-n', 'client.rgw');
  await until('the gateway to answer', async () => (await fetch(`http://127.0.0.1:${port}`)).ok, { timeoutMs: 60_000 });
  const keys = { accessKeyId: 'test-key', secretAccessKey: 'test-secret' };
  const server = new CephServer(folder, port, keys);
  await server.admin('user', 'create', '--uid=test', '--display-name=test', ...keyArgs(keys));
  return server;
}

const keyArgs = (keys: S3Keys): string[] => [`--access-key=${keys.accessKeyId}`, `--secret=${keys.secretAccessKey}`];

function configuration(folder: string, fsid: string, port: number, monPort: number): string {
  return `[global]
fsid = ${fsid}
mon host = v1:127.0.0.1:${monPort}
mon initial members = a
public network = 127.0.0.0/8
cluster network = 127.0.0.0/8
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
osd crush chooseleaf type = 0
osd pool default pg num = 4
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon warn on pool no redundancy = false
mon allow pool delete = true
mon max pg per osd = 1000
run dir = ${folder}/run
log file = ${folder}/log/$name.log
admin socket = ${folder}/run/$name.asok
pid file = ${folder}/run/$name.pid
mon data = ${folder}/mon
osd data = ${folder}/osd
osd journal = ${folder}/osd/journal
rgw data = ${folder}/rgw
keyring = ${folder}/keyring
crash dir = ${folder}/log
osd objectstore = memstore
memstore device bytes = 4294967296
ms bind msgr2 = false
mon_data_avail_crit = 1
mon_data_avail_warn = 2
[mon.a]
mon addr = v1:127.0.0.1:${monPort}
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:${port}
rgw dns name = localhost
rgw enable usage log = false
rgw thread pool size = 32
# What was deleted is freed at once, as all of it is in memory.
rgw gc obj min wait = 1
rgw gc processor period = 5
`;
}

/** Ends the daemons of the folder: by the ids they wrote, and only what was started with its configuration. */
async function endDaemons(folder: string): Promise<void> {
  const runFolder = join(folder, 'run');
  if (!existsSync(runFolder)) return;
  const pids = readdirSync(runFolder)
    .filter((name) => name.endsWith('.pid'))
    .map((name) => Number(readFileSync(join(runFolder, name), 'utf8')))
    .filter((pid) => pid > 1 && isDaemonOf(pid, folder));
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await until('the Ceph daemons to end', () => !pids.some((pid) => isDaemonOf(pid, folder)));
}

function isDaemonOf(pid: number, folder: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(join(folder, 'ceph.conf'));
  } catch {
    return false;
  }
}

async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith('backupd-ceph-')) continue;
    const folder = join(tmpdir(), name);
    if (statSync(folder, { throwIfNoEntry: false })?.uid !== process.getuid?.()) continue;
    const owner = readIfThere(join(folder, 'owner'));
    const pid = Number(owner.split(' ')[0]);
    if (owner === '' || identityOf(pid) === owner) continue;
    await endDaemons(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The process as id and start time, so that another one with its id is not taken for it; null when it is gone. */
function identityOf(pid: number): string | null {
  const since = startOf(pid);
  return since === null ? null : `${pid} ${since}`;
}
