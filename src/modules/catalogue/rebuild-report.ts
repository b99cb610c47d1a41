import type { EnteredSite } from '../sites/index.js';

const MOST_FINDINGS = 500;

/** Something that a person should look at. */
export interface RebuildFinding {
  /** Site or manifest. */
  key: string;
  code: string;
  message: string;
}

/** What a storage brought back. */
export interface RebuildReport {
  providerId: string;
  sites: Record<EnteredSite['outcome'], number>;
  backups: { adopted: number; known: number; damaged: number; incomplete: number; later: number };
  /** Objects that the catalogue knows and the storage does not have; only where that was asked. */
  missing: number;
  findings: RebuildFinding[];
  /** Findings beyond the kept ones. */
  moreFindings: number;
}

export function emptyReport(providerId: string): RebuildReport {
  return {
    providerId,
    sites: { entered: 0, known: 0, conflict: 0, refused: 0 },
    backups: { adopted: 0, known: 0, damaged: 0, incomplete: 0, later: 0 },
    missing: 0,
    findings: [],
    moreFindings: 0,
  };
}

export function addFinding(report: RebuildReport, finding: RebuildFinding): void {
  if (report.findings.length < MOST_FINDINGS) report.findings.push(finding);
  else report.moreFindings += 1;
}
