// What the tests need from the system: real servers and stock tools. Debian's and Ubuntu's package names.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

const has = (program) =>
  spawnSync('sh', ['-c', 'PATH="$PATH:/usr/sbin:/sbin" command -v "$1"', 'sh', program]).status === 0;

function phpModules() {
  const { stdout } = spawnSync('php', ['-m'], { encoding: 'utf8' });
  return new Set((stdout ?? '').toLowerCase().split('\n'));
}

/** Packages that are missing, by what can't be found. */
export function missingPackages() {
  const php = phpModules();
  const wordpress = '/usr/share/wordpress';
  const needs = [
    ['mariadb-server', has('mariadbd') && has('mariadb-install-db')],
    ['mariadb-client', has('mariadb-dump') && has('mariadb')],
    ['php-cli', has('php')],
    ['php-mysql', php.has('mysqli')],
    ['php-sqlite3', php.has('pdo_sqlite')],
    ['php-gd', php.has('gd')],
    ['php-mbstring', php.has('mbstring')],
    ['php-xml', php.has('dom')],
    ['wordpress', existsSync(`${wordpress}/wp-settings.php`)],
    ['wordpress-theme-twentytwentythree', existsSync(`${wordpress}/wp-content/themes/twentytwentythree/style.css`)],
    ['sqlite3', has('sqlite3')],
    ['attr', has('setfattr')],
    ['acl', has('setfacl')],
    ['zstd', has('zstd')],
    ['jq', has('jq')],
    ['curl', has('curl')],
    ['unzip', has('unzip')],
    ['tar', has('tar')],
    ['iproute2', has('ip') && has('tc')],
    ['radosgw', has('radosgw')],
    ['ceph-mon', has('ceph-mon')],
    ['ceph-osd', has('ceph-osd')],
    // Only promtool is used.
    ['prometheus', has('promtool')],
    ['chromium', has('chromium')],
    ['fonts-dejavu-core', existsSync('/usr/share/fonts/truetype/dejavu')],
    ['ceph-common', has('ceph') && has('radosgw-admin') && has('ceph-authtool')],
  ];
  return needs.filter(([, isThere]) => !isThere).map(([name]) => name);
}

/** Installs what is missing (of `only`, where given) where that is possible without asking; throws with the one line to run otherwise. */
export function ensureSystemPackages(say, only = null) {
  const missing = missingPackages().filter((name) => only === null || only.includes(name));
  if (missing.length === 0) return;
  const command = commandFor(missing);
  if (!mayInstall())
    throw new Error(`Real servers and programs are used here. Install what is missing, as root: ${command}`);
  say(`Installing system packages for the tests: ${missing.join(' ')} …`);
  const complaint = install(missing);
  if (complaint !== null) {
    process.stderr.write(complaint);
    throw new Error(`Installing failed: see the lines above. By hand, as root: ${command}`);
  }
  const still = missingPackages().filter((name) => missing.includes(name));
  if (still.length > 0) throw new Error(`Still missing after the installation: ${still.join(' ')}`);
}

/** The other backup tools that the bench compares with: installed where possible, left out with one line where not. */
export function ensureBenchPackages(say) {
  for (const [name, program] of [
    ['restic', 'restic'],
    ['borgbackup', 'borg'],
  ]) {
    if (has(program)) continue;
    if (mayInstall()) {
      say(`Installing ${name} …`);
      if (install([name]) === null && has(program)) continue;
    }
    say(`${name} is left out: it is not installed. To have it, as root: ${commandFor([name])}`);
  }
}

const commandFor = (packages) => `apt-get install -y --no-install-recommends ${packages.join(' ')}`;

const mayInstall = () => process.getuid?.() === 0 && has('apt-get');

/** Null when it went well, else what apt-get said. */
function install(packages) {
  const releaseServices = keepServicesStopped();
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...args) =>
      spawnSync('apt-get', args, { env, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8', maxBuffer: 1 << 26 });
    apt('update', '-q');
    const result = apt('install', '-y', '-q', '--no-install-recommends', ...packages);
    // Only its promtool is wanted: it must not be there after the next boot either.
    if (packages.includes('prometheus')) spawnSync('systemctl', ['disable', 'prometheus'], { stdio: 'ignore' });
    return result.status === 0 ? null : `${result.stdout ?? ''}${result.stderr ?? ''}`;
  } finally {
    releaseServices();
  }
}

/** The packages bring servers; ours run in scratch folders, theirs must not start. */
function keepServicesStopped() {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return () => {};
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  return () => rmSync(policy, { force: true });
}
