import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/**
 * A backup module whose backups cost almost nothing: one small object and a manifest, made without threads. Takes the engine as it
 * was built. For tests of what surrounds a backup (schedules, queue, catalogue) with hundreds of sites.
 */
export function tinyModule({ AppError, uploadBackup, cleanupWork, keysFor }) {
  const stageOf = {
    async create_bundle(context) {
      const { bundleKey } = keysFor(context.site.id, context.startedAt, context.backupId);
      const [bundlePath, manifestPath] = ['bundle.tar.zst', 'manifest'].map((name) => join(context.workDir, name));
      const content = readFileSync(join(context.site.path, 'index.html'));
      const bundle = zstdCompressSync(content);
      const manifest = zstdCompressSync(JSON.stringify({ kind: 'header', backupId: context.backupId }));
      writeFileSync(bundlePath, bundle);
      writeFileSync(manifestPath, manifest);
      const own = { key: bundleKey, size: bundle.length, sha256: sha256(bundle), own: true };
      await context.checkpoints.set('create_bundle', {
        bundlePath,
        bundleSize: bundle.length,
        bundleSha256: sha256(bundle),
        manifestPath,
        manifestSize: manifest.length,
        manifestSha256: sha256(manifest),
        fileCount: 1,
        sourceBytes: content.length,
        databaseBytes: 0,
        storedBytes: bundle.length,
        bundles: [own],
        parentBackupId: null,
      });
      return { message: 'Packed.' };
    },
    async upload_remote(context) {
      const packed = await context.checkpoints.get('create_bundle');
      return uploadBackup(context, { ...packed, ...keysFor(context.site.id, context.startedAt, context.backupId) });
    },
    cleanup: (context) => cleanupWork(context),
  };

  return class TinyBackupModule {
    name = 'tiny';
    title = 'One small file';
    stages = ['create_bundle', 'upload_remote', 'cleanup'];
    settingsSchema = { type: 'object', additionalProperties: false };

    executeStage(stage, context) {
      return stageOf[stage](context);
    }

    async checkStage(stage, context) {
      return stage === 'create_bundle' && existsSync(join(context.workDir, 'manifest'));
    }

    async *discover() {}

    async describe({ path }) {
      if (!existsSync(path))
        throw new AppError({ code: 'NOT_A_SITE', kind: 'source', message: `${path} is not there.` });
      return { name: basename(path), url: null, path, facts: {}, unknown: [], warnings: [] };
    }
  };
}
