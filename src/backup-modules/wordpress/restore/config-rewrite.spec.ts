import { expect, it } from 'vitest';
import { rewriteConfig } from './config-rewrite.js';

const wanted = new Map([
  ['DB_NAME', 'new'],
  ['DB_PASSWORD', "it's \\ $x"],
  ['$table_prefix', 'n_'],
]);

it('replaces plain values and nothing else', () => {
  const source = `<?php\r\n# define('DB_NAME', 'no');\r\ndefine( 'DB_NAME', "old" ); // 'DB_NAME'\r\ndefine('DB_PASSWORD','p;\\'x');\r\n$table_prefix = 'wp_';\r\ndefine('AUTH_KEY', 'é;');\r\n`;
  const { replaced, missing } = rewriteConfig(Buffer.from(source).toString('latin1'), wanted);
  expect(missing).toEqual([]);
  expect(Buffer.from(replaced, 'latin1').toString()).toBe(
    `<?php\r\n# define('DB_NAME', 'no');\r\ndefine( 'DB_NAME', 'new' ); // 'DB_NAME'\r\ndefine('DB_PASSWORD','it\\'s \\\\ $x');\r\n$table_prefix = 'n_';\r\ndefine('AUTH_KEY', 'é;');\r\n`,
  );
});

it('leaves computed and repeated values alone and names them', () => {
  const source = `<?php define('DB_NAME', getenv('X')); if (1) define('DB_PASSWORD','a'); else define('DB_PASSWORD','b');`;
  expect(rewriteConfig(source, wanted)).toEqual({
    replaced: source,
    missing: ['DB_NAME', 'DB_PASSWORD', '$table_prefix'],
  });
});
