// There is no Docker engine in CI: what can be checked of docker/ without one.
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { basename, join, matchesGlob } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { nodeFlags } from '../../scripts/lib/node-flags.mjs';
import { settings, STOP_LIMIT_SECONDS } from '../../src/config/index.js';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const KNOWN = new Set([...Object.keys(settings), 'BACKUPD_CONFIG']);
const STOP_SECONDS = settings.BACKUPD_STOP_GRACE_SECONDS.fallback + STOP_LIMIT_SECONDS;
const FLAGS = nodeFlags.join(' ');
/** With a tag that starts with a version. */
const PINNED = /^[a-z0-9./-]+:v?\d[\w.-]*$/;
const SECRET = /(PASSWORD|SECRET|TOKEN|API_KEY|DATABASE_URL)(?!_FILE)/;

interface Instruction {
  name: string;
  text: string;
}

/** The instructions in order, continued lines joined, comments left out. */
function instructionsOf(path: string): Instruction[] {
  const lines = read(path)
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n');
  return lines.filter(Boolean).map((line) => {
    const [name = '', ...rest] = line.split(' ');
    return { name, text: rest.join(' ') };
  });
}

/** Whether .dockerignore lets the file into the build: the last line that matches it or a folder of it decides. */
function reachesBuild(path: string): boolean {
  let isIgnored = false;
  for (const line of read('.dockerignore')
    .split('\n')
    .filter((text) => text !== '' && !text.startsWith('#'))) {
    const pattern = line.replace(/^!/, '');
    if (matchesGlob(path, pattern) || path.startsWith(`${pattern}/`) || pattern === '*')
      isIgnored = !line.startsWith('!');
  }
  return !isIgnored;
}

describe('docker/Dockerfile', () => {
  const all = instructionsOf('docker/Dockerfile');
  const last = all.slice(all.findLastIndex(({ name }) => name === 'FROM'));
  const texts = (name: string, of = last): string[] => of.filter((one) => one.name === name).map(({ text }) => text);

  it('the scripts that `npm run build` runs are there when it is run', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: { build: string } };
    const used = [...scripts.build.matchAll(/node (scripts\/\S+)/g)].map(([, path = '']) => path);
    expect(used.length).toBeGreaterThan(0);
    const build = all.findIndex(({ text }) => text.includes('npm run -s build'));
    const copied = all
      .slice(0, build)
      .filter(({ name }) => name === 'COPY')
      .flatMap(({ text }) => text.split(' ').slice(0, -1));
    for (const path of used) {
      expect(
        copied.some((source) => path.startsWith(`${source}/`)),
        path,
      ).toBe(true);
      expect(reachesBuild(path), path).toBe(true);
    }
  });

  it('has only known instructions, and pinned images', () => {
    const known = 'ARG FROM WORKDIR COPY RUN ENV VOLUME EXPOSE USER STOPSIGNAL HEALTHCHECK ENTRYPOINT CMD'.split(' ');
    expect(all.filter(({ name }) => !known.includes(name))).toEqual([]);
    expect(texts('FROM', all).map((text) => text.split(' ')[0])).toEqual(Array(4).fill('${NODE_IMAGE}'));
    expect(texts('ARG', all)[0]?.split('=')[1]).toMatch(PINNED);
    const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: Record<string, string> };
    expect(texts('ARG', all)[0]).toContain(`node:${devDependencies['node']?.split('.')[0]}-`);
  });

  it('copies only what is there, is not ignored, and is all that the build reads', () => {
    const copied = texts('COPY', all)
      .filter((text) => !text.startsWith('--from'))
      .flatMap((text) => text.split(' ').slice(0, -1));
    expect(copied.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    const files = copied.flatMap((path) =>
      statSync(join(root, path)).isDirectory() ? globSync(`${path}/**/*.ts`, { cwd: root }) : [path],
    );
    expect(files.length).toBeGreaterThan(400);
    expect(files.filter((path) => !reachesBuild(path) && !path.endsWith('.spec.ts'))).toEqual([]);
    const buildReads = [
      'package-lock.json',
      'tsconfig.json',
      'tsconfig.build.json',
      'nest-cli.json',
      'src',
      'migrations',
    ];
    expect(copied).toEqual(expect.arrayContaining(buildReads));
    expect(['node_modules/pg/package.json', '.git/config', 'docker/secrets/backupd.conf'].filter(reachesBuild)).toEqual(
      [],
    );
  });

  it('takes from its own stages only, and leaves build tools behind', () => {
    const stages = new Set(texts('FROM', all).map((text) => / AS (\w+)$/.exec(text)?.[1]));
    const from = texts('COPY').flatMap((text) => /^--from=(\S+)/.exec(text)?.[1] ?? []);
    expect(from.length).toBeGreaterThan(2);
    expect(from.filter((name) => !stages.has(name))).toEqual([]);
    expect(texts('COPY')).toContain('--from=packages /opt/backupd/node_modules node_modules');
    expect(all.find(({ text }) => text.startsWith('npm ci --omit=dev'))).toBeDefined();
    expect(texts('RUN').join('\n')).not.toMatch(/npm (ci|install)|build-essential|gcc|python/);
  });

  it('runs without root, under an init, with a health check, a data volume and settings that exist', () => {
    expect(texts('USER')).toEqual(['10001:10001']);
    expect(texts('RUN').join('\n')).toContain('--uid 10001');
    expect(texts('ENTRYPOINT')).toEqual(['["tini", "--", "backupd"]']);
    expect(texts('CMD')).toEqual(['["serve"]']);
    expect(texts('HEALTHCHECK')[0]).toMatch(/CMD \["healthcheck"\]$/);
    const env = texts('ENV')
      .join(' ')
      .split(/\s+/)
      .map((pair) => pair.split('='));
    expect(env.filter(([name = '']) => name.startsWith('BACKUPD_') && !KNOWN.has(name))).toEqual([]);
    expect(texts('VOLUME')).toEqual([Object.fromEntries(env)['BACKUPD_DATA_DIR']]);
    expect(texts('EXPOSE')).toEqual([String(settings.BACKUPD_PORT.fallback)]);
  });

  it('starts the program of the build with the flags of npm start', () => {
    const wrapper = read('docker/bin/backupd');
    expect(wrapper).toContain(`serve) exec node ${FLAGS} "$app/dist/src/cli.js"`);
    expect(existsSync(join(root, 'src/cli.ts'))).toBe(true);
    for (const name of ['backupd', 'healthcheck'])
      expect(statSync(join(root, 'docker/bin', name)).mode & 0o111).toBe(0o111);
  });
});

interface Service {
  image: string;
  build?: { context: string; dockerfile: string };
  environment?: Record<string, string>;
  healthcheck?: { test: string[] };
  ports?: string[];
  networks?: string[];
  secrets?: string[];
  volumes?: string[];
  user?: string;
  read_only?: boolean;
  cap_drop?: string[];
  cap_add?: string[];
  security_opt?: string[];
  stop_grace_period?: string;
  depends_on?: Record<string, { condition: string }>;
}

interface Compose {
  services: Record<string, Service>;
  networks?: Record<string, object>;
  volumes?: Record<string, object>;
  secrets?: Record<string, { file: string }>;
}

const composeFiles = globSync('docker/compose.*.yaml', { cwd: root });

describe.each(composeFiles)('%s', (path) => {
  const compose = load(read(path)) as Compose;
  const services = Object.entries(compose.services);
  const ours = services.filter(([, { build }]) => build !== undefined);

  it('names what it declares, pins its images, and has no secret in it', () => {
    for (const [, service] of services) {
      expect(service.image).toMatch(PINNED);
      for (const name of service.networks ?? []) expect(Object.keys(compose.networks ?? {})).toContain(name);
      for (const name of service.secrets ?? []) expect(Object.keys(compose.secrets ?? {})).toContain(name);
      const named = (service.volumes ?? [])
        .map((volume) => volume.split(':')[0] ?? '')
        .filter((name) => !name.startsWith('/'));
      expect(Object.keys(compose.volumes ?? {})).toEqual(expect.arrayContaining(named));
      for (const name of Object.keys(service.depends_on ?? {}))
        expect(compose.services[name]?.healthcheck?.test.length).toBeGreaterThan(1);
      expect(
        Object.keys(service.environment ?? {}).filter((name) => SECRET.test(name) && !name.endsWith('_FILE')),
      ).toEqual([]);
      expect(service.security_opt).toContain('no-new-privileges:true');
    }
    for (const { file } of Object.values(compose.secrets ?? {})) expect(reachesBuild(join('docker', file))).toBe(false);
  });

  it('builds our image and gives it settings that exist, little power, and time to stop', () => {
    expect(ours).toHaveLength(1);
    for (const [, service] of ours) {
      expect(existsSync(join(root, 'docker', service.build?.context ?? '', service.build?.dockerfile ?? ''))).toBe(
        true,
      );
      const names = Object.keys(service.environment ?? {}).filter((name) => name.startsWith('BACKUPD_'));
      expect(names.filter((name) => !KNOWN.has(name))).toEqual([]);
      expect(service.read_only).toBe(true);
      expect(service.cap_drop).toEqual(['ALL']);
      expect(Number.parseInt(service.stop_grace_period ?? '', 10)).toBeGreaterThanOrEqual(STOP_SECONDS);
      expect(service.volumes?.some((volume) => volume.endsWith(':/var/lib/backupd'))).toBe(true);
    }
  });
});

it('the compose file of a master publishes the API alone, and to this host only', () => {
  const { services, networks } = load(read('docker/compose.master.yaml')) as Compose;
  expect(Object.values(services).flatMap(({ ports }) => ports ?? [])).toEqual(['127.0.0.1:8000:8000']);
  expect(networks?.['inside']).toEqual({ internal: true });
  for (const name of ['postgres', 's3']) expect(services[name]?.networks).toEqual(['inside']);
});

describe.each(globSync('docker/systemd/*.service', { cwd: root }))('%s', (path) => {
  const text = read(path);
  const value = (key: string): string | undefined => new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1];

  it('starts the build with the flags of npm start, with settings that exist', () => {
    expect(value('ExecStart')).toBe(`/opt/backupd/node_modules/.bin/node ${FLAGS} /opt/backupd/dist/src/main.js`);
    const names = [...(value('Environment') ?? '').matchAll(/(\w+)=/g)].map((match) => match[1] ?? '');
    expect(names).toContain('BACKUPD_MODE');
    expect(names.filter((name) => !KNOWN.has(name))).toEqual([]);
    expect(value('Environment')).toContain(`BACKUPD_MODE=${/-(\w+)\.service$/.exec(basename(path))?.[1]}`);
  });

  it('waits for the end of a stop, and has the same powers as the container of a node', () => {
    expect(Number(value('TimeoutStopSec'))).toBeGreaterThanOrEqual(STOP_SECONDS);
    expect(value('KillMode')).toBe('mixed');
    const { services } = load(read('docker/compose.node.yaml')) as Compose;
    const capabilities = value('CapabilityBoundingSet')?.replaceAll('CAP_', '').split(' ');
    expect(capabilities).toEqual(services['node']?.cap_add);
  });
});

it('docs/deploy.md names settings, files and pages that exist', () => {
  const text = read('docs/deploy.md');
  const names = [...text.matchAll(/BACKUPD_[A-Z_]*[A-Z]/g)].map(([name]) => name);
  expect(names.length).toBeGreaterThan(10);
  // BACKUPD_MAX_* and the like name a group.
  expect(names.filter((name) => ![...KNOWN].some((known) => known.startsWith(name)))).toEqual([]);
  const files = [...text.matchAll(/(?<![\w/])(?:docker|test|bin)\/[\w./-]+\w/g)].map(([path]) => path);
  const pages = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map((match) => join('docs', match[1] ?? ''));
  expect([...files, ...pages].filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
