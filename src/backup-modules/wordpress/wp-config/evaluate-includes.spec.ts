import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requires } from '../../../engine/testing/index.js';
import { useConfigSite, value } from './evaluate.spec-support.js';

const { evaluate, root, write } = useConfigSite();

describe('included files (case 4)', () => {
  it('evaluates files of the site and names them', () => {
    const local = write('conf/local.php', "<?php return ['name' => 'shop'];");
    const config = evaluate(
      "<?php $c = require __DIR__ . '/conf/local.php'; define('A', $c['name']); include_once 'conf/local.php'; @include 'none.php'; define('B', 1);",
    );
    expect([value(config, 'A'), value(config, 'B')]).toEqual(['shop', 1n]);
    expect(config.includedFiles).toEqual([local]);
  });

  it.runIf(requires('root'))('does not read files of others, links to them, FIFOs and devices', () => {
    const other = realpathSync(mkdtempSync(join(tmpdir(), 'backupd-other-')));
    try {
      const secret = join(other, 'wp-config.php');
      writeFileSync(secret, "<?php define('A', 'theirs');");
      chownSync(secret, 12_345, 12_345);
      symlinkSync(secret, root('link.php'));
      execFileSync('mkfifo', [root('fifo.php')]);
      for (const path of [
        secret,
        root('link.php'),
        root('fifo.php'),
        '/dev/zero',
        '/etc/shadow',
        '/proc/self/environ',
      ]) {
        const config = evaluate(`<?php include '${path}'; define('A', 1);`, { ownerUid: 54_321 });
        expect(config.constant('A')?.known).toBe(false);
        expect(evaluate(`<?php define('A', file_get_contents('${path}'));`).constant('A')?.known).toBe(false);
      }
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });

  it("leaves Debian's stub unknown until it is told which host, then reads that host's file", () => {
    const stub =
      "<?php $s = preg_replace('/:.*/', '', $_SERVER['HTTP_HOST']); $f = '/etc/x-' . strtolower($s) . '.php'; if (file_exists($f)) { require_once $f; } if (!defined('DB_NAME')) define('DB_NAME', 'wordpress');";
    expect(evaluate(stub).constant('DB_NAME')?.known).toBe(false);
    write('etc-x-a.example.php', "<?php define('DB_NAME', 'of-a');");
    const config = evaluate(stub.replace('/etc/x-', `${root()}/etc-x-`), {
      environment: { HTTP_HOST: 'a.example:80' },
    });
    expect(value(config, 'DB_NAME')).toBe('of-a');
  });
});
