// A backup module of the tests' own, in plain JavaScript so that both vitest and a killed child process can load it: a site
// is any folder; its backup is real (the engine's planning, packing and upload). Stages can be held at a gate:
// settings.gate names a folder; a stage leaves `<stage>.reached` there and waits while `<stage>.hold` exists.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const STAGES = ['backup_db', 'backup_files', 'create_bundle', 'upload_remote', 'cleanup'];

const asideOf = (context) => {
  const root = context.request.targetPath ?? context.site.path;
  return { root, aside: join(dirname(root), `.${basename(root)}.aside`) };
};

const filesIn = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((each) => (each.isFile() ? [each.name] : []));

/** `engine` holds what the module uses: from src in vitest, from dist in a child process. */
export function plainModule({ AppError, planFiles, packBundle, uploadBackup, cleanupWork, keysFor }) {
  async function gate(stage, context) {
    const folder = context.site.settings.gate;
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${stage}.reached`), String(context.attempt));
    while (existsSync(join(folder, `${stage}.hold`))) {
      if (context.signal.aborted && !existsSync(join(folder, `${stage}.deaf`))) throw new Error(`stopped in ${stage}`);
      await pause(10);
    }
    fail(stage, folder);
  }

  // `<stage>.fail` holds {code, kind, retry, message}; it fails once.
  function fail(stage, folder) {
    const file = join(folder, `${stage}.fail`);
    if (!existsSync(file)) return;
    const options = JSON.parse(readFileSync(file, 'utf8'));
    rmSync(file);
    throw new AppError(options);
  }

  const stageOf = {
    async backup_db(context) {
      context.journal.progress({ bytesDone: 50, bytesTotal: 100, current: 'half' });
      await gate('backup_db', context);
      for (let i = 0; i < (context.site.settings.warnings ?? 0); i++) {
        context.journal.warn({
          code: 'TEST_WARNING',
          message: `warning ${i} ${context.site.overrides.DB_PASSWORD ?? ''}`,
        });
      }
      context.journal.progress({ bytesDone: 100, bytesTotal: 100 });
      return {
        message: `No database. ${context.site.overrides.DB_PASSWORD ?? ''}`,
        details: { attempt: context.attempt },
      };
    },
    async backup_files(context) {
      const parent = await context.parent();
      const plan = await planFiles({
        parent,
        reread: await context.reread(),
        roots: [{ path: context.site.path, prefix: 'files' }],
        excludes: context.site.excludes,
        neverPack: context.neverPack,
        workDir: context.workDir,
        signal: context.signal,
        journal: context.journal,
      });
      await gate('backup_files', context);
      return {
        message: `${plan.files} files.`,
        details: { files: plan.files, kept: plan.kept.files, parent: parent?.backupId ?? null },
      };
    },
    async create_bundle(context) {
      const { bundleKey } = keysFor(context.site.id, context.startedAt, context.backupId);
      const parent = await context.parent();
      const packed = await packBundle({
        workDir: context.workDir,
        parent,
        reread: await context.reread(),
        header: {
          backupId: context.backupId,
          site: {
            id: context.site.id,
            name: context.site.name,
            url: null,
            module: 'plain',
            path: context.site.path,
            node: 'test',
          },
          startedAt: context.startedAt.toISOString(),
          tool: { name: 'backupd', version: '0', node: process.version },
          facts: {},
        },
        readme: 'test',
        bundleKey,
        workers: 1,
        signal: context.signal,
        journal: context.journal,
      });
      const bundles = packed.bundles.map(({ key, size, sha256 }) => ({ key, size, sha256, own: key === bundleKey }));
      const parentBackupId = parent?.backupId ?? null;
      await context.checkpoints.set('create_bundle', { ...packed, bundles, parentBackupId });
      await context.resources.use('io', () => gate('create_bundle', context), { signal: context.signal });
      return { message: 'Packed.', details: { bytes: packed.bundleSize } };
    },
    async upload_remote(context) {
      await gate('before_upload', context);
      const packed = await context.checkpoints.get('create_bundle');
      const { bundleKey, manifestKey } = keysFor(context.site.id, context.startedAt, context.backupId);
      const outcome = await uploadBackup(context, { ...packed, bundleKey, manifestKey });
      await gate('upload_remote', context);
      return outcome;
    },
    async cleanup(context) {
      if (!context.signal.aborted) await gate('cleanup', context);
      return cleanupWork(context);
    },
  };

  // A restore that rewrites every file of the top folder, with the old ones beside it until the end.
  const restoreStageOf = {
    async prepare(context) {
      await gate('prepare', context);
      return { message: 'Prepared.' };
    },
    async apply(context) {
      const { root, aside } = asideOf(context);
      mkdirSync(root, { recursive: true });
      mkdirSync(aside);
      for (const name of filesIn(root)) writeFileSync(join(aside, name), readFileSync(join(root, name)));
      for await (const entry of context.source.entries()) {
        if (entry.type !== 'file' || !/^files\/[^/]+$/.test(entry.path ?? '')) continue;
        const chunks = [];
        for await (const chunk of await context.source.content(entry, context.signal)) chunks.push(chunk);
        writeFileSync(join(root, basename(entry.path)), Buffer.concat(chunks));
      }
      await gate('apply', context);
      return { message: `Applied with ${context.request.targetDatabase?.password ?? 'no password'}.` };
    },
    async finish(context) {
      await gate('finish', context);
      rmSync(asideOf(context).aside, { recursive: true, force: true });
      return { message: 'Done.' };
    },
  };

  return class PlainBackupModule {
    name = 'plain';
    title = 'Plain folder';
    stages = STAGES;
    restoreStages = ['prepare', 'apply', 'finish'];
    settingsSchema = {
      type: 'object',
      additionalProperties: false,
      properties: {
        gate: { type: 'string' },
        warnings: { type: 'integer' },
        rereadEveryDays: { type: 'number' },
      },
    };

    executeStage(stage, context) {
      return stageOf[stage](context);
    }

    async checkStage(stage, context) {
      if (stage === 'backup_files') return existsSync(join(context.workDir, 'files.plan'));
      if (stage === 'create_bundle') return existsSync(join(context.workDir, 'bundle.tar.zst'));
      return stage !== 'cleanup';
    }

    executeRestoreStage(stage, context) {
      return restoreStageOf[stage](context);
    }

    async previewRestore(context) {
      const { root } = asideOf(context);
      return { targetPath: root, files: null, database: null, bytesNeeded: 1, bytesFree: 2, warnings: [] };
    }

    async rollBackRestore(context) {
      const { root, aside } = asideOf(context);
      const gateFolder = context.site.settings.gate;
      if (gateFolder !== undefined) fail('rollback', gateFolder);
      if (!existsSync(aside)) return 'taken-back';
      for (const name of readdirSync(aside)) writeFileSync(join(root, name), readFileSync(join(aside, name)));
      rmSync(aside, { recursive: true });
      return 'taken-back';
    }

    async *discover() {}

    async describe({ path }) {
      if (!existsSync(path))
        throw new AppError({ code: 'NOT_A_SITE', kind: 'source', message: `${path} is not there.` });
      return { name: basename(path), url: null, path, facts: {}, unknown: [], warnings: [] };
    }
  };
}
