import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { WordPressLayout } from '../types.js';

/** Where the parts of an install are, from the disk alone. */
export interface Located {
  root: string;
  abspath: string;
  /** Folder of index.php. */
  webRoot: string;
  layout: WordPressLayout;
  /** Null: WordPress is unpacked here but not set up. */
  configFile: string | null;
}

const WEB_FOLDERS = ['web', 'public', 'public_html', 'htdocs', 'httpdocs', 'www', 'html'];
/** WordPress's own has 400 bytes. */
const SMALL_BYTES = 64 * 1024;
const CORE_FOLDERS = ['wp', 'wordpress', 'core', 'cms'];

export const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
export const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** Like the tests above, but false instead of an error for what may not be entered or loops. */
const safely = (test: () => boolean): boolean => {
  try {
    return test();
  } catch {
    return false;
  }
};
export const hasFile = (folder: string, name: string): boolean => safely(() => isFile(join(folder, name)));
const hasFolder = (folder: string, name: string): boolean => safely(() => isFolder(join(folder, name)));
export const isCore = (folder: string): boolean =>
  hasFile(folder, 'wp-settings.php') && hasFile(folder, 'wp-load.php') && hasFile(folder, 'wp-includes/version.php');

export function realOrNull(path: string): string | null {
  try {
    return realpathSync.native(path);
  } catch {
    return null;
  }
}

/** The wp-config.php that wp-load.php would take: beside it, or one level up unless another install is there. */
export function findConfig(abspath: string): string | null {
  const real = realOrNull(abspath) ?? abspath;
  // A linked core finds the configuration beside its link only when its files are linked one by one; sites arrange both.
  for (const folder of real === abspath ? [abspath] : [abspath, real]) {
    if (hasFile(folder, 'wp-config.php')) return join(folder, 'wp-config.php');
    const above = dirname(folder);
    if (hasFile(above, 'wp-config.php') && !hasFile(above, 'wp-settings.php')) return join(above, 'wp-config.php');
  }
  return null;
}

const isDeployment = (path: string): boolean =>
  hasFolder(path, 'releases') &&
  safely(() => lstatSync(join(path, 'current')).isSymbolicLink()) &&
  hasFolder(path, 'current');

/** The folder whose `current` this folder is or stands behind; null when it is no such deployment. */
export function deploymentOf(folder: string): string | null {
  if (isDeployment(folder)) return folder;
  if (basename(folder) === 'current' && isDeployment(dirname(folder))) return dirname(folder);
  const above = dirname(dirname(folder));
  if (
    basename(dirname(folder)) === 'releases' &&
    isDeployment(above) &&
    realOrNull(join(above, 'current')) === realOrNull(folder)
  )
    return above;
  return null;
}

/** Finds the install at a folder: given its root, its web root, its core, or a deployment folder. */
export function locate(folder: string): Located | null {
  const deployment = deploymentOf(folder);
  if (deployment === null) return locateIn(folder);
  const found = locateIn(join(deployment, 'current'));
  return found === null ? null : { ...found, root: deployment, layout: 'releases' };
}

function locateIn(folder: string): Located | null {
  if (isCore(folder)) return fromCore(folder);
  const within = coreBehindIndex(folder);
  if (within !== null) {
    // `web` of a Bedrock project: the project is the folder above.
    return bedrock(dirname(folder), folder, within) ?? subdirectory(folder, within);
  }
  for (const web of WEB_FOLDERS) {
    const webRoot = join(folder, web);
    for (const core of CORE_FOLDERS) {
      const found = isCore(join(webRoot, core)) ? bedrock(folder, webRoot, join(webRoot, core)) : null;
      if (found !== null) return found;
    }
  }
  return null;
}

/** The install a core folder belongs to. */
export function fromCore(core: string): Located {
  const above = dirname(core);
  if (!hasFile(core, 'wp-config.php')) {
    const project = bedrock(dirname(above), above, core);
    if (project !== null) return project;
  }
  if (coreBehindIndex(above) === core && !isCore(above)) return subdirectory(above, core);
  const configFile = findConfig(core);
  const isAbove = configFile !== null && dirname(configFile) !== core && dirname(configFile) !== realOrNull(core);
  return { root: core, abspath: core, webRoot: core, layout: isAbove ? 'config-above' : 'standard', configFile };
}

function bedrock(project: string, webRoot: string, abspath: string): Located | null {
  const configFile = join(webRoot, 'wp-config.php');
  if (!hasFile(project, 'config/application.php') || !hasFile(webRoot, 'wp-config.php')) return null;
  return { root: project, abspath, webRoot, layout: 'bedrock', configFile };
}

function subdirectory(root: string, abspath: string): Located {
  return { root, abspath, webRoot: root, layout: 'subdirectory', configFile: findConfig(abspath) };
}

/** The core that a folder's index.php starts (`require __DIR__ . '/wp/wp-blog-header.php'`), when it is a real one. */
function coreBehindIndex(folder: string): string | null {
  const text = smallFile(join(folder, 'index.php'));
  if (text === null) return null;
  for (const match of text.matchAll(
    /['"](?:\.?\/)?([\w.-]{1,100}(?:\/[\w.-]{1,100}){0,3})\/wp-blog-header\.php['"]/g,
  )) {
    const core = join(folder, match[1] ?? '');
    if (core !== folder && core.startsWith(`${folder}/`) && isCore(core)) return core;
  }
  return null;
}

/** The text of a small regular file, else null. Opened so that a pipe that was put in its place holds nobody up. */
function smallFile(path: string): string | null {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return null;
  }
  try {
    const stat = fstatSync(fd);
    return stat.isFile() && stat.size <= SMALL_BYTES ? readFileSync(fd, 'latin1') : null;
  } catch {
    return null;
  } finally {
    closeSync(fd);
  }
}
