import type { DiagnosticCheck } from '../../engine/ports/index.js';
import { findClients, type ClientProgram } from './mysql/index.js';

const HINT =
  'Install a client: apt-get install mariadb-client (Debian, Ubuntu), dnf install mariadb (Fedora, RHEL), apk add mariadb-client (Alpine).';

/** Whether the programs are there that dump MySQL and MariaDB databases. Sites on SQLite need none. */
export async function diagnoseClients(): Promise<DiagnosticCheck[]> {
  const { dump } = await findClients();
  const name = 'database dump program';
  if (dump.length === 0) {
    const message =
      'Neither mariadb-dump nor mysqldump is installed: databases on MySQL and MariaDB can not be backed up.';
    return [{ name, status: 'failed', message, hint: HINT }];
  }
  return [{ name, status: 'ok', message: dump.map(shown).join('; ') }];
}

function shown(program: ClientProgram): string {
  return `${program.path} (${program.versionNumbers.join('.')})`;
}
