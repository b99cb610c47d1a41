import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import type { ResourceKind } from '../../engine/ports/index.js';
import { AlarmKind, Severity } from '../alarms/index.js';
import { ResourceService } from '../resources/index.js';
import { Figures, type InstallationFigures, type StoredFigures } from './figures.js';
import { MetricsRegistry } from './metrics-registry.js';

const KINDS: readonly ResourceKind[] = ['io', 'network', 'cpu'];
const BYTES_PER_MEGABIT = 125_000;

/** Everything that Prometheus is told. */
@Injectable()
export class MetricsService {
  private readonly gauges;

  constructor(
    private readonly metrics: MetricsRegistry,
    private readonly figures: Figures,
    private readonly resources: ResourceService,
    private readonly orm: MikroORM,
  ) {
    this.gauges = gaugesOf(metrics);
    const { bandwidth } = resources;
    const uploaded = new Counter({
      name: 'backupd_upload_bytes_total',
      help: 'Bytes that this host sent to storages since its start.',
      registers: [metrics.registry],
      collect: () => {
        uploaded.reset();
        uploaded.inc(bandwidth.usedBytes());
      },
    });
    this.gauges.uploadLimit.set(bandwidth.limitMbps * BYTES_PER_MEGABIT);
  }

  /** In Prometheus' text format. */
  async scrape(): Promise<string> {
    const [installation, stored, pool] = await Promise.all([
      this.figures.current(),
      this.figures.ofStored(),
      this.orm.em.getConnection().getNativeClient(),
    ]);
    this.setInstallation(installation, stored);
    this.setNodes(installation);
    this.setStored(stored);
    for (const kind of KINDS) {
      const { capacity, inUse, waiting } = this.resources.usage(kind);
      this.gauges.semaphoreCapacity.set({ kind }, capacity);
      this.gauges.semaphoreInUse.set({ kind }, inUse);
      this.gauges.semaphoreWaiting.set({ kind }, waiting);
    }
    this.gauges.pool.set({ state: 'idle' }, pool.idleCount);
    this.gauges.pool.set({ state: 'in_use' }, pool.totalCount - pool.idleCount);
    this.gauges.poolWaiting.set(pool.waitingCount);
    return this.metrics.registry.metrics();
  }

  private setInstallation(figures: InstallationFigures, { proofs }: StoredFigures): void {
    const { gauges } = this;
    gauges.sites.set({ state: 'active' }, figures.active);
    gauges.sites.set({ state: 'paused' }, figures.paused);
    gauges.jobs.set({ status: 'pending' }, figures.pending);
    gauges.jobs.set({ status: 'running' }, figures.running);
    gauges.queueAge.set(figures.oldestSeconds);
    for (const kind of Object.values(AlarmKind))
      for (const severity of Object.values(Severity)) gauges.alarms.set({ kind, severity }, 0);
    for (const { kind, severity, open } of figures.alarms) gauges.alarms.set({ kind, severity }, open);
    for (const gauge of [gauges.lastBackup, gauges.lastProof, gauges.nextRun]) gauge.reset();
    for (const { id, name, backup_at: backupAt, next_at: nextAt } of figures.sites) {
      const site = { site_id: id, site: name };
      const proofAt = proofs.get(id);
      // 0 = never: an alert on age finds it, which a missing series would hide.
      gauges.lastBackup.set(site, backupAt ?? 0);
      gauges.lastProof.set(site, proofAt ?? 0);
      if (nextAt !== null) gauges.nextRun.set(site, nextAt);
    }
  }

  private setNodes({ nodes }: InstallationFigures): void {
    const { gauges } = this;
    const { nodeUp, nodeSeen, nodeLoad, nodeMemory, nodeDisk } = gauges;
    for (const gauge of [nodeUp, nodeSeen, nodeLoad, nodeMemory, nodeDisk]) gauge.reset();
    nodeUp.set({ node: 'self' }, 1);
    for (const health of ['new', 'online', 'stale', 'offline'])
      gauges.nodes.set({ health }, nodes.filter((node) => node.health === health).length);
    for (const { name: node, health, seen_at: seenAt, load1, memory_free: memory, disk_free: disk } of nodes) {
      nodeUp.set({ node }, health === 'online' ? 1 : 0);
      nodeSeen.set({ node }, seenAt ?? 0);
      // What was told last says nothing of a host that is away.
      if (health !== 'online') continue;
      if (load1 !== null) nodeLoad.set({ node }, load1);
      if (memory !== null) nodeMemory.set({ node }, memory);
      if (disk !== null) nodeDisk.set({ node }, disk);
    }
  }

  private setStored({ storages, copies }: StoredFigures): void {
    const { gauges } = this;
    for (const gauge of [gauges.storageBytes, gauges.storageObjects, gauges.oldestProof, gauges.copies]) gauge.reset();
    for (const { name, bytes, objects, oldest_proof_at: oldest } of storages) {
      gauges.storageBytes.set({ storage: name }, bytes);
      gauges.storageObjects.set({ storage: name }, objects);
      if (oldest !== null) gauges.oldestProof.set({ storage: name }, oldest);
      for (const state of ['present', 'verified', 'damaged', 'missing']) gauges.copies.set({ storage: name, state }, 0);
    }
    for (const { name, state, copies: count } of copies) gauges.copies.set({ storage: name, state }, count);
  }
}

// oxlint-disable-next-line typescript/explicit-function-return-type -- one line for each, with its labels
function gaugesOf(metrics: MetricsRegistry) {
  return {
    sites: metrics.gauge('backupd_sites', 'Registered sites.', ['state']),
    jobs: metrics.gauge('backupd_jobs_active', 'Jobs that wait or run: the depth of the queue.', ['status']),
    queueAge: metrics.gauge(
      'backupd_queue_oldest_age_seconds',
      'For how long the oldest waiting job has waited since it could have begun; 0 = none waits.',
    ),
    alarms: metrics.gauge('backupd_alarms_open', 'Open alarms, acknowledged ones too.', ['kind', 'severity']),
    lastBackup: metrics.gauge(
      'backupd_site_last_backup_timestamp_seconds',
      'When the data of the newest good backup of the site was read; 0 = there is none. Paused sites are left out.',
      ['site_id', 'site'],
    ),
    lastProof: metrics.gauge(
      'backupd_site_last_proof_timestamp_seconds',
      'When a backup of the site was last read back whole; 0 = never.',
      ['site_id', 'site'],
    ),
    nextRun: metrics.gauge(
      'backupd_site_next_run_timestamp_seconds',
      'When the next scheduled backup of the site begins; absent = none is scheduled.',
      ['site_id', 'site'],
    ),
    semaphoreCapacity: metrics.gauge('backupd_semaphore_capacity', 'Units of the host that jobs share.', ['kind']),
    semaphoreInUse: metrics.gauge('backupd_semaphore_in_use', 'Units that are in use.', ['kind']),
    semaphoreWaiting: metrics.gauge('backupd_semaphore_waiting', 'Stages that wait for units.', ['kind']),
    uploadLimit: metrics.gauge('backupd_upload_limit_bytes_per_second', 'Upload budget of this host; 0 = not limited.'),
    storageBytes: metrics.gauge('backupd_storage_used_bytes', 'Bytes of backups on the storage.', ['storage']),
    storageObjects: metrics.gauge('backupd_storage_objects', 'Bundles and manifests on the storage.', ['storage']),
    oldestProof: metrics.gauge(
      'backupd_storage_oldest_proof_timestamp_seconds',
      'When the object that was read back longest ago was read (or written, when it never was); absent = nothing is stored.',
      ['storage'],
    ),
    copies: metrics.gauge('backupd_copies', 'Copies of backups on the storage.', ['storage', 'state']),
    nodeUp: metrics.gauge('backupd_node_up', "Whether the host is heard of; self = the master's own.", ['node']),
    nodes: metrics.gauge('backupd_nodes', 'Nodes that may come in.', ['health']),
    nodeSeen: metrics.gauge('backupd_node_last_seen_timestamp_seconds', 'When the node was last heard of; 0 = never.', [
      'node',
    ]),
    nodeLoad: metrics.gauge('backupd_node_load1', 'Load average of the last minute; absent = not online.', ['node']),
    nodeMemory: metrics.gauge('backupd_node_memory_free_bytes', 'Memory that is free; absent = not online.', ['node']),
    nodeDisk: metrics.gauge(
      'backupd_node_disk_free_ratio',
      'The least free share of any of its disks; absent = not online.',
      ['node'],
    ),
    pool: metrics.gauge('backupd_database_pool_connections', 'Connections to the database.', ['state']),
    poolWaiting: metrics.gauge('backupd_database_pool_waiting', 'Requests that wait for a connection.'),
  };
}
