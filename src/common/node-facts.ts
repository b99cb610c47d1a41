/** What a host is; changes rarely. */
export interface NodeFacts {
  hostname: string;
  /** `linux x64`. */
  platform: string;
  cpus: number;
  memoryBytes: number;
  /** Folders that are scanned when a scan names none. */
  scanRoots: string[];
  /** Backup modules it has. */
  modules: string[];
  /** The node's own limits; the master's apply where they are lower. */
  limits: NodeLimits;
}

/** Units of each resource, as in `BACKUPD_MAX_*`. Bandwidth in megabits a second, 0 = unlimited. */
export interface NodeLimits {
  io: number;
  network: number;
  cpu: number;
  bandwidthMbps: number;
}

/** How busy a host is now. */
export interface NodeLoad {
  /** Load average of the last minute. */
  load1: number;
  memoryFreeBytes: number;
  /** Of the agent itself. */
  rssBytes: number;
  disks: { path: string; freeBytes: number; totalBytes: number }[];
  /** Bytes of all interfaces but loopback since the host was started. */
  network: { sentBytes: number; receivedBytes: number };
  /** Upload budget used within the last second, bytes. */
  uploadBytesPerSecond: number;
}
