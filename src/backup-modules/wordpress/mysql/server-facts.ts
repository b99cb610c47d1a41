import type { MySqlSession } from './session.js';

export type MySqlVendor = 'mariadb' | 'mysql';

/** What one server and database are like. */
export interface ServerFacts {
  vendor: MySqlVendor;
  /** As the server reports it: `10.11.19-MariaDB-0+deb12u1`. */
  version: string;
  /** `[10, 11, 19]`. */
  versionNumbers: readonly [number, number, number];
  /** Global SQL modes. */
  sqlModes: readonly string[];
  /** Of the database the session is in; null without one. */
  charset: string | null;
  collation: string | null;
  /** 0 = table names are case-sensitive. */
  lowerCaseTableNames: number;
  maxAllowedPacket: number;
}

/** The first three numbers of a version text. */
export function parseVersion(text: string): readonly [number, number, number] {
  // MariaDB once prefixed its version for old replicas: `5.5.5-10.11.2-MariaDB`.
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text.replace(/^5\.5\.5-(?=\d)/, ''));
  return [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0), Number(match?.[3] ?? 0)];
}

/** Whether a version is at least the other. */
export function versionAtLeast(version: readonly number[], least: readonly number[]): boolean {
  for (const [i, wanted] of least.entries()) {
    const have = version[i] ?? 0;
    if (have !== wanted) return have > wanted;
  }
  return true;
}

/** Asks the server what it is. One round trip. */
export async function readServerFacts(session: MySqlSession): Promise<ServerFacts> {
  const row = await session.row<{
    version: string;
    comment: string;
    modes: string;
    charset: string | null;
    collation: string | null;
    lower: number | string;
    packet: number | string;
  }>(
    `SELECT VERSION() AS version, @@version_comment AS comment, @@GLOBAL.sql_mode AS modes,
       IF(DATABASE() IS NULL, NULL, @@character_set_database) AS charset,
       IF(DATABASE() IS NULL, NULL, @@collation_database) AS collation,
       @@lower_case_table_names AS lower, @@max_allowed_packet AS packet`,
  );
  const version = row?.version ?? '';
  return {
    vendor: /mariadb/i.test(`${version} ${row?.comment ?? ''}`) ? 'mariadb' : 'mysql',
    version,
    versionNumbers: parseVersion(version),
    sqlModes: (row?.modes ?? '').split(',').filter(Boolean),
    charset: row?.charset ?? null,
    collation: row?.collation ?? null,
    lowerCaseTableNames: Number(row?.lower ?? 0),
    maxAllowedPacket: Number(row?.packet ?? 0),
  };
}
