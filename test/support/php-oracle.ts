import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What real PHP says of one configuration. */
export interface PhpAnswer {
  /** False when PHP stopped before the file's end (exit, an error). */
  finished: boolean;
  constants: Map<string, unknown>;
  tablePrefix: unknown;
}

/** Runs each file in a fork of its own and writes one JSON line per file: constants and $table_prefix, types kept. */
const RUNNER = String.raw`<?php
error_reporting(0);
function backupd_encode($v) {
  if (is_string($v)) return ['s', base64_encode($v)];
  if (is_int($v)) return ['i', (string) $v];
  if (is_float($v)) return ['f', bin2hex(pack('E', $v))];
  if (is_bool($v)) return ['b', $v];
  if ($v === null) return ['n'];
  if (is_array($v)) { $r = []; foreach ($v as $k => $i) $r[] = [base64_encode((string) $k), backupd_encode($i)]; return ['a', array_is_list($v), $r]; }
  return ['o'];
}
foreach (array_slice($argv, 1) as $file) {
  $pid = pcntl_fork();
  if ($pid === 0) {
    (function () use ($file) {
      define('BACKUPD_FILE', $file);
      register_shutdown_function(function () use ($file) {
        $c = [];
        foreach (get_defined_constants(true)['user'] ?? [] as $k => $v) $c[] = [base64_encode($k), backupd_encode($v)];
        $p = $GLOBALS['table_prefix'] ?? null;
        file_put_contents($file . '.json', json_encode(['done' => $GLOBALS['backupd_done'] ?? false, 'c' => $c, 'p' => backupd_encode($p)]));
      });
    })();
    unset($pid, $file);
    chdir(dirname(BACKUPD_FILE));
    ob_start();
    set_time_limit(5);
    include BACKUPD_FILE;
    $GLOBALS['backupd_done'] = true;
    exit(0);
  }
  pcntl_waitpid($pid, $status);
}
`;

/** Asks PHP about files, many in one process. The environment is exactly the given one. */
export function askPhp(scratch: string, files: readonly string[], environment: Record<string, string>): void {
  const runner = join(scratch, 'runner.php');
  writeFileSync(runner, RUNNER);
  const run = spawnSync('php', ['-n', '-d', 'variables_order=EGPCS', '-d', 'short_open_tag=0', runner, ...files], {
    env: { PATH: '/usr/bin:/bin', ...environment },
    stdio: 'ignore',
    timeout: 60_000,
  });
  if (run.error !== undefined) throw run.error;
}

/** PHP's encoded answer in the form of ConfigData. */
export function decodeAnswer(json: string): PhpAnswer {
  const answer: { done: boolean; c: [string, Encoded][]; p: Encoded } = JSON.parse(json);
  const constants = new Map<string, unknown>();
  for (const [name, value] of answer.c) constants.set(Buffer.from(name, 'base64').toString(), decode(value));
  constants.delete('BACKUPD_FILE');
  return { finished: answer.done, constants, tablePrefix: decode(answer.p) };
}

type Encoded =
  | ['s', string]
  | ['i', string]
  | ['f', string]
  | ['b', boolean]
  | ['n']
  | ['o']
  | ['a', boolean, [string, Encoded][]];

function decode(value: Encoded): unknown {
  switch (value[0]) {
    case 's': {
      const bytes = Buffer.from(value[1], 'base64');
      return Buffer.from(bytes.toString(), 'utf8').equals(bytes) ? bytes.toString() : bytes;
    }
    case 'i':
      return BigInt(value[1]);
    case 'f':
      return Buffer.from(value[1], 'hex').readDoubleBE(0);
    case 'b':
      return value[1];
    case 'n':
      return null;
    case 'o':
      return undefined;
    case 'a': {
      const items = value[2].map(([key, item]): [string, unknown] => [
        Buffer.from(key, 'base64').toString(),
        decode(item),
      ]);
      return value[1] ? items.map(([, item]) => item) : Object.fromEntries(items);
    }
    default:
      return undefined;
  }
}
