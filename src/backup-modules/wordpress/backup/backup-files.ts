import { isAbsolute, join, relative } from 'node:path';
import type { BackupStageContext, StageOutcome } from '../../../engine/ports/index.js';
import { planFiles, readPlanSummary } from '../../../engine/snapshot/pack/index.js';
import { MAINTENANCE_FILE } from '../maintenance/maintenance-file.js';
import { defaultExcludes, wordPressSettings, type WordPressSettings } from '../settings.js';
import { sqliteExcludes } from '../sqlite/index.js';
import type { WordPressInstall } from '../types.js';
import { inspectSite } from './inspect-site.js';

export const BACKUP_FILES = 'backup_files';

/** What a restore must know of the site; goes into the manifest. No secrets. */
export interface WordPressFacts {
  /** The path the site was registered with, and the root of what was backed up. */
  registeredPath: string;
  root: string;
  layout: WordPressInstall['layout'];
  scope: WordPressSettings['scope'];
  /** Relative to the root; null when it lies outside. */
  abspath: string | null;
  contentDir: string | null;
  configFile: string | null;
  version: string | null;
  multisite: boolean;
  nestedInstalls: string[];
  externalFiles: string[];
  excludeTables: readonly string[];
}

/** Walks the site and writes the plan of what to pack. */
export async function planSiteFiles(context: BackupStageContext): Promise<StageOutcome> {
  const settings = wordPressSettings(context.site.settings);
  const [install, parent, reread] = await Promise.all([inspectSite(context.site), context.parent(), context.reread()]);
  const facts = factsOf(context.site.path, install, settings);
  const plan = await context.resources.use(
    'io',
    () =>
      planFiles({
        roots: rootsOf(install, settings, facts),
        excludes: excludesOf(context, install, settings, facts),
        neverPack: context.neverPack,
        workDir: context.workDir,
        signal: context.signal,
        journal: context.journal,
        parent,
        reread,
      }),
    { signal: context.signal },
  );
  await context.checkpoints.set(BACKUP_FILES, facts);
  const skipped = plan.excluded.filter((one) => one.files > 0);
  return {
    message: `${parent === null ? '' : `${plan.kept.files} files are as they were, `}${plan.files} to pack${skipped.length > 0 ? `; left out: ${skipped.map((one) => `${one.pattern} (${one.files} ${one.files === 1 ? 'file' : 'files'})`).join(', ')}` : ''}.`,
    details: {
      files: plan.files,
      bytes: plan.bytes,
      entries: plan.entries,
      keptFiles: plan.kept.files,
      keptBytes: plan.kept.bytes,
      excluded: plan.excluded,
    },
  };
}

/** Whether the plan of an earlier attempt is there. */
export async function isPlanned(context: BackupStageContext): Promise<boolean> {
  return (await context.checkpoints.get(BACKUP_FILES)) !== null && (await readPlanSummary(context.workDir)) !== null;
}

function factsOf(registeredPath: string, install: WordPressInstall, settings: WordPressSettings): WordPressFacts {
  const within = (path: string): string | null => relativeWithin(install.root, path);
  return {
    registeredPath,
    root: install.root,
    layout: install.layout,
    scope: settings.scope,
    abspath: within(install.abspath),
    contentDir: within(install.contentDir),
    configFile: within(install.configFile),
    version: install.version,
    multisite: install.multisite,
    nestedInstalls: install.nestedInstalls.map(within).filter((path) => path !== null),
    externalFiles: install.externalFiles,
    excludeTables: settings.excludeTables,
  };
}

function rootsOf(
  install: WordPressInstall,
  settings: WordPressSettings,
  facts: WordPressFacts,
): { prefix: string; path: string }[] {
  const outside = [...install.externalFiles, ...settings.extraPaths].map((path) => ({
    prefix: `external${path}`,
    path,
  }));
  const { contentDir } = facts;
  if (settings.scope === 'site' || contentDir === null) return [{ prefix: 'files', path: install.root }, ...outside];
  const inside = [{ prefix: `files/${contentDir}`, path: install.contentDir }];
  if (facts.configFile !== null) inside.push({ prefix: `files/${facts.configFile}`, path: install.configFile });
  return [...inside, ...outside];
}

function excludesOf(
  context: BackupStageContext,
  install: WordPressInstall,
  settings: WordPressSettings,
  facts: WordPressFacts,
): string[] {
  const excludes = [...context.site.excludes];
  if (settings.defaultExcludes && facts.contentDir !== null) excludes.push(...defaultExcludes(facts.contentDir));
  // Ours may be there while the tree is walked.
  if (settings.maintenance !== 'off' && facts.abspath !== null)
    excludes.push(`/${join(facts.abspath, MAINTENANCE_FILE)}`);
  if (!settings.includeNested) excludes.push(...facts.nestedInstalls.map((path) => `/${path}`));
  if (install.database?.engine === 'sqlite') excludes.push(...sqliteExcludes(install.database.file, install.root));
  return excludes;
}

/** The path relative to the root without a leading slash, or null when it lies elsewhere. */
export function relativeWithin(root: string, path: string): string | null {
  const rest = relative(root, path);
  return rest === '..' || rest.startsWith('../') || isAbsolute(rest) ? null : rest;
}
