import { words } from './format.ts';

/** What the stages of jobs are for, in few words. Modules may have others: those are shown by their name. */
const NAMES: Readonly<Record<string, string>> = {
  backup_db: 'Database',
  backup_files: 'Files',
  create_bundle: 'Pack',
  upload_remote: 'Store',
  cleanup: 'Clean up',
  stage_files: 'Files',
  load_db: 'Database',
};

export function stageName(name: string): string {
  return NAMES[name] ?? words(name);
}
