import type { BackupModule } from './backup-module.js';

/** The answer to one question about the host. */
export interface DiagnosticCheck {
  /** Short and stable: `database client`, `space of the data dir`. */
  name: string;
  /** `warning`: works, but not for all or not for long. */
  status: 'ok' | 'warning' | 'failed';
  /** What was found, in one sentence. */
  message: string;
  /** What to do about it. */
  hint?: string;
}

/** A module that can say whether this host has what it needs: client programs, libraries. Never throws for what is missing. */
export interface DiagnosableModule extends BackupModule {
  diagnose(): Promise<DiagnosticCheck[]>;
}

export function canDiagnose(module: BackupModule): module is DiagnosableModule {
  return 'diagnose' in module;
}
