// Joins what was built, and the packages it uses, into a few files in the place of the programs, worker threads and migrations:
// loading some thousand small ones was most of a start. The other built files stay; nothing but tests loads them.
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, dist } from './lib/bundle.mjs';

const entries = globSync(
  ['src/{main,cli}.js', 'src/{engine,backup-modules}/**/*-{worker,process}.js', 'migrations/*.js'],
  { cwd: dist },
);

await bundle({
  ...Object.fromEntries(entries.map((file) => [file.replace(/\.js$/, ''), join(dist, file)])),
  // What only one of them needs is kept apart; main.js loads one. Not in the place of the built files: tests add to those.
  'chunks/master': join(dist, 'src/master.js'),
  'chunks/node': join(dist, 'src/node.js'),
});
