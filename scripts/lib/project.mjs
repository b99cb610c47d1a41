// Shared by the scripts. Plain JavaScript for the system's Node (20 or newer): it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const bin = join(root, 'node_modules/.bin');
/** The Node the project runs on (a dependency), whatever the system has. */
export const projectNode = join(bin, 'node');
const installMark = join(root, 'node_modules/.backupd-lock-hash');
const buildMark = join(root, 'dist/.build-hash');

/** The environment with the project's own programs first. */
export const projectEnv = () => ({ ...process.env, PATH: `${bin}:${process.env.PATH ?? ''}` });

/** Runs a program to its end with our output; its exit code. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: projectEnv(), ...options });
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

function sha256(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}

const readOr = (file, fallback = '') => (existsSync(file) ? readFileSync(file, 'utf8') : fallback);

/** Installs the npm packages when they are missing or not those of the lock file. Says so only when it does something. */
export function ensureInstalled(say) {
  const wanted = sha256(readFileSync(join(root, 'package-lock.json')), process.arch);
  const isInstalled = existsSync(projectNode) && existsSync(join(root, 'node_modules/.package-lock.json'));
  if (isInstalled && readOr(installMark) === wanted) return;
  if (isInstalled && readOr(installMark) === '' && lockAgrees()) {
    writeFileSync(installMark, wanted);
    return;
  }
  say('Installing packages (npm ci) …');
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
    throw new Error('npm ci failed: see the lines above. It needs access to the npm registry.');
  }
  writeFileSync(installMark, wanted);
}

/** Whether what a plain `npm install` put there has the versions of the lock file. */
function lockAgrees() {
  const versions = (file) =>
    Object.entries(JSON.parse(readFileSync(file, 'utf8')).packages)
      .filter(([name, facts]) => name !== '' && existsSync(join(root, name)) && !facts.link)
      .map(([name, facts]) => `${name}@${facts.version}`)
      .join('\n');
  return versions(join(root, 'package-lock.json')) === versions(join(root, 'node_modules/.package-lock.json'));
}

const bundler = 'scripts/bundle.mjs';
/** The dashboard's sources; its build goes to dist/client. */
const client = 'src/modules/dashboard/client';
const buildSettings = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json', bundler].map(
  (name) => join(root, name),
);
const sourceFolders = ['src', 'migrations'].map((name) => join(root, name));

const isSource = (name) => !name.endsWith('.spec.ts');

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (isSource(entry.name)) yield path;
  }
}

/** Whether nothing that the build reads was made, changed, moved or removed since then, in a quarter of the time of the hash. */
function isUntouchedSince(timeMs) {
  const isOld = (path) => statSync(path).ctimeMs < timeMs;
  const isOldFolder = (folder) =>
    isOld(folder) &&
    readdirSync(folder, { withFileTypes: true }).every((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? isOldFolder(path) : !isSource(entry.name) || isOld(path);
    });
  return buildSettings.every(isOld) && sourceFolders.every(isOldFolder);
}

/** One hash over all that the build reads. */
function sourceHash() {
  const hash = createHash('sha256');
  const files = [...buildSettings, ...sourceFolders.flatMap((folder) => [...sources(folder)]).sort()];
  for (const file of files) hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

/** Times of files may be some milliseconds behind. */
const CLOCK_SLACK_MS = 1000;

const isThere = () => ['src/main.js', 'client/index.html'].every((name) => existsSync(join(root, 'dist', name)));

/** Whether dist is made from the sources as they are. The mark has their hash; its time is that of taking it. */
export function isBuilt() {
  const mark = statSync(buildMark, { throwIfNoEntry: false });
  if (mark === undefined || !isThere()) return false;
  if (isUntouchedSince(mark.mtimeMs)) return true;
  const now = Date.now();
  if (readOr(buildMark) !== sourceHash()) return false;
  setMarkTime(now);
  return true;
}

function setMarkTime(hashedAtMs) {
  const time = new Date(hashedAtMs - CLOCK_SLACK_MS);
  try {
    utimesSync(buildMark, time, time);
  } catch {
    // A user who may not write there: the hash is taken the next time too.
  }
}

function buildStep(program, args) {
  const result = spawnSync(program, args, { cwd: root, env: projectEnv(), encoding: 'utf8' });
  if (result.status === 0) return;
  process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  throw new Error('The build failed: see the lines above.');
}

/** Builds dist when it is missing or not made from the sources as they are. Two at once: the second waits for the first. */
export async function ensureBuilt(say) {
  if (isBuilt()) return;
  const unlock = await lock(join(root, 'node_modules/.backupd-build.lock'));
  try {
    if (isBuilt()) return;
    say('Building …');
    const now = Date.now();
    const hash = sourceHash();
    buildStep(join(bin, 'nest'), ['build']);
    buildStep(projectNode, [bundler]);
    buildStep(join(bin, 'vite'), ['build', client, '--logLevel', 'warn']);
    writeFileSync(buildMark, hash);
    setMarkTime(now);
  } finally {
    unlock();
  }
}

async function lock(file) {
  mkdirSync(dirname(file), { recursive: true });
  for (;;) {
    try {
      const fd = openSync(file, 'wx');
      writeFileSync(fd, String(process.pid));
      closeSync(fd);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isStaleLock(file)) rmSync(file, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function isStaleLock(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    if (pid === 0) return Date.now() - statSync(file).mtimeMs > 5_000;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH' || error.code === 'ENOENT';
  }
}

/** Goes on as a module of the project: in this process where it is the project's Node already, else as `become` does. */
export async function continueAs(file, args) {
  if (realpathSync(process.execPath) !== realpathSync(projectNode)) return become([file, ...args]);
  process.argv = [process.execPath, file, ...args];
  await import(pathToFileURL(file).href);
}

/** Runs a program of the project in our place: our input, output and signals; ends as it ends. */
export function become(args) {
  const child = spawn(projectNode, args, { stdio: 'inherit', env: process.env });
  const forward = (signal) => child.kill(signal);
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGUSR2']) process.on(signal, forward);
  // A terminal sends Ctrl-C to the whole group: the child has it already; when only we got it, pass it on.
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  child.once('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGUSR2']) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

/** Prints the message of a failed step and ends with 1. */
export function fail(error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

/** Refuses a system that can't run the project, in one sentence. */
export function checkSystem() {
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20)
    fail(new Error(`backupd needs Node 20 or newer to start (this is ${process.version}); it brings its own Node 24.`));
  if (process.platform !== 'linux') fail(new Error('backupd runs on Linux.'));
}
