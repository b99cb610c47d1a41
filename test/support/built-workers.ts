import { globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const source = join(root, 'src');
// Always the same, as vitest keeps modules with this path in them from run to run; and where `koffi` is found.
const folder = join(root, 'node_modules/.backupd-workers');
const CALL = /(?<=\bspawnWorker\('\.\/[\w-]+\.js', )import\.meta\.url/g;

/**
 * Worker threads start from files that are made from the sources as they are at the start of the run. With the TypeScript loader
 * each of the thousands of threads of a run took 0.2 s of CPU; now 0.06 s.
 */
export async function builtWorkers(): Promise<{ name: string; enforce: 'pre'; transform: object }> {
  const workers = globSync('{engine,backup-modules}/**/*-worker.ts', { cwd: source });
  const bundle = await rolldown({
    input: Object.fromEntries(workers.map((file) => [file.replace(/\.ts$/, ''), join(source, file)])),
    platform: 'node',
    external: [/^koffi$/],
    resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
    tsconfig: join(root, 'tsconfig.json'),
    treeshake: false,
  });
  const { output } = await bundle.generate({ format: 'esm', keepNames: true, entryFileNames: '[name].js' });
  write('package.json', '{"type":"module"}');
  for (const file of output) if (file.type === 'chunk') write(file.fileName, file.code);
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

/** Another run may be loading them: a file is the old one or the new one. */
function write(name: string, content: string): void {
  const path = join(folder, name);
  if (read(path) === content) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.${process.pid}`, content);
  renameSync(`${path}.${process.pid}`, path);
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
