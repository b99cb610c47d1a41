export interface NodeLimits {
  io: number;
  network: number;
  cpu: number;
  bandwidthMbps: number;
}

export interface NodeDto {
  id: string;
  name: string;
  hostname: string;
  version: string | null;
  health: 'new' | 'online' | 'stale' | 'offline';
  healthSince: string;
  lastSeenAt: string | null;
  access: 'waiting' | 'active' | 'blocked' | 'revoked';
  keyHint: string | null;
  keyIssuedAt: string | null;
  keyRotating: boolean;
  limits: NodeLimits | null;
  facts: {
    platform: string;
    cpus: number;
    memoryBytes: number;
    scanRoots: string[];
    modules: string[];
    limits: NodeLimits;
  } | null;
  load: {
    load1: number;
    memoryFreeBytes: number;
    rssBytes: number;
    disks: { path: string; freeBytes: number; totalBytes: number }[];
    uploadBytesPerSecond: number;
  } | null;
  sites: number;
  waitingJobs: number;
  runningJobs: number;
  createdAt: string;
}

export interface NodeDetailDto extends NodeDto {
  siteList: { id: string; name: string; path: string; paused: boolean }[];
  jobList: { id: string; kind: string; siteName: string; startedAt: string | null }[];
}

export interface WaitingHostDto {
  id: string;
  code: string;
  name: string;
  hostname: string;
  version: string;
  address: string;
  createdAt: string;
  expiresAt: string;
}

export interface NodeTokenDto {
  id: string;
  hint: string;
  name: string | null;
  state: 'valid' | 'used' | 'expired';
  createdAt: string;
  expiresAt: string;
  usedBy: string | null;
  /** Only in the answer that made it. */
  token?: string;
}

export interface NodeHistoryDto {
  stepSeconds: number;
  items: {
    at: string;
    heartbeats: number;
    load1: number;
    memoryFreeBytes: number;
    diskFreeShare: number | null;
    sentBytes: number;
    receivedBytes: number;
    runs: number;
  }[];
}
