import { chmodSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const source = join(root, 'src');
const CALL = /(?<=\bspawnWorker\('\.\/[\w-]+\.js', )import\.meta\.url/g;

/**
 * Worker threads start from files that are made from the sources as they are at the start of the run. With the TypeScript loader
 * each of the thousands of threads of a run took 0.2 s of CPU; now 0.05 s.
 */
export async function builtWorkers(): Promise<{ name: string; enforce: 'pre'; transform: object }> {
  // Where `koffi`, which has a library of its own beside it, is found.
  const folder = mkdtempSync(join(root, 'node_modules/.backupd-workers-'));
  // As the sources: some tests work as another user.
  chmodSync(folder, 0o755);
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const workers = globSync('{engine,backup-modules}/**/*-worker.ts', { cwd: source });
  const bundle = await rolldown({
    input: Object.fromEntries(workers.map((file) => [file.replace(/\.ts$/, ''), join(source, file)])),
    platform: 'node',
    external: [/^koffi$/],
    resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
    tsconfig: join(root, 'tsconfig.json'),
    treeshake: false,
  });
  await bundle.write({ dir: folder, format: 'esm', keepNames: true, entryFileNames: '[name].js' });
  return {
    name: 'built-workers',
    enforce: 'pre',
    transform: {
      filter: { code: CALL, id: /\/src\/.*\.ts$/ },
      handler: (code: string, id: string) =>
        code.replace(CALL, () =>
          JSON.stringify(pathToFileURL(join(folder, relative(source, id)).replace(/ts$/, 'js'))),
        ),
    },
  };
}
