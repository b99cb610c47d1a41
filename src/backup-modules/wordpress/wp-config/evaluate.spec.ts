import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { evaluateConfig, type EvaluatedConfig, type EvaluateOptions } from './evaluate.js';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'backupd-config-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(name: string, content: string | Buffer): string {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const evaluate = (code: string | Buffer, options: Partial<EvaluateOptions> = {}): EvaluatedConfig =>
  evaluateConfig(write('wp-config.php', code), { roots: [root], constants: { ABSPATH: `${root}/` }, ...options });

const value = (config: EvaluatedConfig, name: string): unknown => {
  const found = config.constant(name);
  return found === undefined ? undefined : found.known ? found.value : `?${found.line}`;
};

describe('plain configurations', () => {
  it.each([
    [
      'a commented define does not count',
      "#define('A', 'no');\n// define('A', 'no');\n/* define('A', 'no'); */ define('A', 'yes');",
      'yes',
    ],
    ['the first define wins, as in PHP', "define('A', 'first'); define('A', 'second');", 'first'],
    ['slashes in a text are no comment', "define('A', 'http://x//y'); // define('A', 1);", 'http://x//y'],
    [
      'a semicolon and quotes in a password',
      `define('A', 'a;b"c#d); define(\\'B\\', 1);');`,
      `a;b"c#d); define('B', 1);`,
    ],
    ['an escaped quote', "define('A', 'it\\'s');", "it's"],
    ['a dollar and a backslash in double quotes', 'define("A", "a\\$b\\\\c\\x41\\101\\u{e9}\\q");', 'a$b\\cAAé\\q'],
    ['a variable in double quotes', '$u = "me"; define("A", "$u-{$u}s");', 'me-mes'],
    ['a heredoc', 'define("A", <<<EOT\n  one\n    two\n  EOT);', 'one\n  two'],
    ['a nowdoc', "define('A', <<<'EOT'\n$x\\n\nEOT);", '$x\\n'],
    ['a concatenation with a constant over lines', "const X = 'a';\ndefine('A', X\n . 'b'\n . PHP_EOL);\n", 'ab\n'],
    ['defined() ||', "define('A', 1 . ''); defined('A') || define('A', 'no');", '1'],
    ['defined() or define()', "defined('A') or define('A', 'set');", 'set'],
    [
      'a condition that is known',
      "if (PHP_INT_SIZE === 8 && !isset($x)) { define('A', 'in'); } else { define('A', 'out'); }",
      'in',
    ],
    ['an array and a loop', "foreach (['A' => 'looped'] as $k => $v) define($k, $v);", 'looped'],
    ['a function', "function p($x) { return 'p_' . $x; } define('A', p('q'));", 'p_q'],
    ['numbers and booleans', "define('A', [1, true, null, 0x10]);", [1n, true, null, 16n]],
    ['a namespace', "namespace My; \\define('A', 'n');", 'n'],
    ['the alternative syntax', "if (true): define('A', 'alt'); endif;", 'alt'],
    ['a closing tag and text after it', "define('A', 'x');\n?>\n<b>text</b> define('A', 'y');", 'x'],
    [
      'nothing after wp-settings.php',
      "define('A', 'x'); require_once ABSPATH . 'wp-settings.php'; $table_prefix = 'late_';",
      'x',
    ],
  ])('%s', (_name, code, expected) => {
    for (const ending of ['\n', '\r\n', '\r']) {
      if (ending === '\r' && typeof expected === 'string' && expected.includes('\n')) continue;
      const config = evaluate(`<?php\n${code}`.replaceAll('\n', ending));
      const wanted =
        typeof expected === 'string' && ending === '\r\n' && !code.includes('PHP_EOL')
          ? expected.replaceAll('\n', '\r\n')
          : expected;
      expect(value(config, 'A')).toEqual(wanted);
    }
  });

  it('reads a file with a byte order mark, mixed line endings and latin1 bytes', () => {
    const code = Buffer.concat([
      Buffer.from("\uFEFF<?php\r\n// x\r#y\ndefine('A', '"),
      Buffer.of(0xe9, 0x27),
      Buffer.from(");define('B','é');\r$table_prefix\n=\r\n'Wp_';"),
    ]);
    const config = evaluate(code);
    expect(value(config, 'A')).toEqual(Buffer.of(0xe9));
    expect(value(config, 'B')).toBe('é');
    expect(config.variable('table_prefix')).toEqual({ known: true, value: 'Wp_' });
  });

  it('knows where it is', () => {
    const config = evaluate(
      "<?php define('A', __DIR__); define('B', dirname(__FILE__, 2)); define('C', ABSPATH); define('D', __LINE__);",
    );
    expect([value(config, 'A'), value(config, 'B'), value(config, 'C')]).toEqual([root, dirname(root), `${root}/`]);
    expect(config.constant('D')?.known).toBe(false);
  });
});

describe('what is not known', () => {
  it('says what, where and why, and never gives a fall-back', () => {
    const config = evaluate("<?php\n\ndefine('A', getenv('X') ?: 'wordpress');");
    expect(config.constant('A')).toEqual({
      known: false,
      reason: "getenv('X') is not known here",
      file: join(root, 'wp-config.php'),
      line: 3,
    });
  });

  it.each([
    ['a request', "if ($_SERVER['HTTP_HOST'] === 'x') { define('A', 1); } else { define('A', 2); }"],
    ['eval', "eval('define(\"A\", 2);'); define('A', 1);"],
    ['a call of an unknown function', "setup(); define('A', 1);"],
    ['an unknown include', "include $_GET['x']; define('A', 1);"],
    ['a missing required file', "require __DIR__ . '/none.php'; define('A', 1);"],
    ['an unknown name', "define(getenv('N'), 5); define('A', 1);"],
    ['an array_map callback', "array_map(function () { define('A', 2); }, [1]); define('A', 1);"],
    ['a reference', "$a = 'x'; $b = &$a; $b = 'y'; define('A', $a);"],
    ['a goto', "goto b; define('A', 1); b: define('A', 2);"],
    ['a syntax error', "define('A', 1); if ("],
    ['short tags', "define('A', 1); ?><? define('B', 1);"],
  ])('%s', (_name, code) => {
    const found = evaluate(`<?php ${code}`).constant('A');
    expect(found?.known).toBe(false);
  });

  it('keeps a value both branches agree on, and one that was defined before', () => {
    const config = evaluate(
      "<?php define('Z', 1); if (getenv('X')) { define('A', 'same'); } else { define('A', 'same'); } whatever(); define('Z', 2);",
    );
    expect([value(config, 'A'), value(config, 'Z')]).toEqual(['same', 1n]);
  });

  it('takes a branch that exits for one a working site does not take', () => {
    expect(value(evaluate("<?php if (!getenv('X')) { die('no'); } define('A', 1);"), 'A')).toBe(1n);
    const ended = evaluate("<?php define('B', 1); exit; define('A', 1);");
    expect(value(ended, 'B')).toBe(1n);
    expect(ended.constant('A')?.known).toBe(false);
  });

  it('never uses the environment of this process', () => {
    const config = evaluate(
      "<?php define('A', getenv('PATH')); define('B', $_ENV['PATH'] ?? 'none'); define('C', $_SERVER['PATH'] ?? 'none');",
    );
    for (const name of ['A', 'B', 'C']) expect(config.constant(name)?.known).toBe(false);
  });
});

const DOCKER = String.raw`<?php
if (!function_exists('getenv_docker')) {
  function getenv_docker($env, $default) {
    if ($fileEnv = getenv($env . '_FILE')) { return rtrim(file_get_contents($fileEnv), "\r\n"); }
    else if (($val = getenv($env)) !== false) { return $val; }
    else { return $default; }
  }
}
define('DB_NAME', getenv_docker('WORDPRESS_DB_NAME', 'wordpress'));
define('DB_PASSWORD', getenv_docker('WORDPRESS_DB_PASSWORD', 'example password'));
$table_prefix = getenv_docker('WORDPRESS_TABLE_PREFIX', 'wp_');
if ($extra = getenv_docker('WORDPRESS_CONFIG_EXTRA', '')) { eval($extra); }
require_once ABSPATH . 'wp-settings.php';`;

describe("the docker image's configuration (case 3)", () => {
  it('is unknown without the environment', () => {
    const config = evaluate(DOCKER);
    expect(config.constant('DB_NAME')).toMatchObject({ known: false, line: 4 });
    expect(config.constant('DB_PASSWORD')?.known).toBe(false);
    expect(config.variable('table_prefix')?.known).toBe(false);
  });

  it('is known with the whole environment, with secrets in files of the site', () => {
    const file = write('secret', 's3cret\r\n');
    const environment = { WORDPRESS_DB_NAME: 'shop', WORDPRESS_DB_PASSWORD_FILE: file };
    const config = evaluate(DOCKER, { environment, environmentComplete: true });
    expect([value(config, 'DB_NAME'), value(config, 'DB_PASSWORD')]).toEqual(['shop', 's3cret']);
    expect(config.variable('table_prefix')).toEqual({ known: true, value: 'wp_' });
  });

  it('knows what was given even when the _FILE form is not', () => {
    const environment = { WORDPRESS_DB_NAME: 'shop', WORDPRESS_DB_NAME_FILE: '' };
    const config = evaluate(DOCKER, { environment });
    expect(value(config, 'DB_NAME')).toBe('shop');
    expect(config.constant('DB_PASSWORD')?.known).toBe(false);
  });
});

const BEDROCK = {
  'web/wp-config.php':
    "<?php\nrequire_once dirname(__DIR__) . '/vendor/autoload.php';\nrequire_once dirname(__DIR__) . '/config/application.php';\nrequire_once ABSPATH . 'wp-settings.php';\n",
  'config/application.php': String.raw`<?php
use Roots\WPConfig\Config;
use function Env\env;
Env\Env::$options = 31;
$root_dir = dirname(__DIR__);
$webroot_dir = $root_dir . '/web';
if (file_exists($root_dir . '/.env')) {
    $env_files = file_exists($root_dir . '/.env.local') ? ['.env', '.env.local'] : ['.env'];
    $repository = Dotenv\Repository\RepositoryBuilder::createWithNoAdapters()
        ->addAdapter(Dotenv\Repository\Adapter\EnvConstAdapter::class)
        ->addAdapter(Dotenv\Repository\Adapter\PutenvAdapter::class)
        ->immutable()->make();
    $dotenv = Dotenv\Dotenv::create($repository, $root_dir, $env_files, false);
    $dotenv->load();
    $dotenv->required(['WP_HOME', 'WP_SITEURL']);
    if (!env('DATABASE_URL')) { $dotenv->required(['DB_NAME', 'DB_USER', 'DB_PASSWORD']); }
}
define('WP_ENV', env('WP_ENV') ?: 'production');
Config::define('WP_HOME', env('WP_HOME'));
Config::define('CONTENT_DIR', '/app');
Config::define('WP_CONTENT_DIR', $webroot_dir . Config::get('CONTENT_DIR'));
if (env('DB_SSL')) { Config::define('MYSQL_CLIENT_FLAGS', MYSQLI_CLIENT_SSL); }
Config::define('DB_NAME', env('DB_NAME'));
Config::define('DB_USER', env('DB_USER'));
Config::define('DB_PASSWORD', env('DB_PASSWORD'));
Config::define('DB_HOST', env('DB_HOST') ?: 'localhost');
$table_prefix = env('DB_PREFIX') ?: 'wp_';
if (env('DATABASE_URL')) {
    $dsn = (object) parse_url(env('DATABASE_URL'));
    Config::define('DB_NAME', substr($dsn->path, 1));
    Config::define('DB_USER', $dsn->user);
    Config::define('DB_PASSWORD', isset($dsn->pass) ? $dsn->pass : null);
    Config::define('DB_HOST', isset($dsn->port) ? "{$dsn->host}:{$dsn->port}" : $dsn->host);
}
Config::define('WP_DEBUG_LOG', false);
ini_set('display_errors', '0');
$env_config = __DIR__ . '/environments/' . WP_ENV . '.php';
if (file_exists($env_config)) { require_once $env_config; }
Config::apply();
if (!defined('ABSPATH')) { define('ABSPATH', $webroot_dir . '/wp/'); }`,
  'config/environments/staging.php': "<?php use Roots\\WPConfig\\Config; Config::define('WP_DEBUG_LOG', true);",
};

const bedrock = (env: Record<string, string>, options: Partial<EvaluateOptions> = {}): EvaluatedConfig => {
  for (const [name, content] of Object.entries({ ...BEDROCK, ...env })) write(name, content);
  return evaluateConfig(join(root, 'web/wp-config.php'), {
    roots: [root],
    constants: { ABSPATH: `${root}/web/wp/` },
    ...options,
  });
};

describe('Bedrock (case 2)', () => {
  it('takes .env, then .env.local, and what both leave out as not set', () => {
    const config = bedrock({
      '.env':
        'DB_NAME=\'shop\'\nDB_USER=me\nDB_PASSWORD="p#w \\$x\\"" # comment\nWP_ENV=staging\nWP_HOME=https://x.example\n',
      '.env.local': 'export DB_USER=local\nDB_EXTRA="${DB_USER}s"',
    });
    expect(
      ['DB_NAME', 'DB_USER', 'DB_PASSWORD', 'DB_HOST', 'WP_CONTENT_DIR', 'WP_DEBUG_LOG'].map((name) =>
        value(config, name),
      ),
    ).toEqual(['shop', 'local', 'p#w $x"', 'localhost', `${root}/web/app`, true]);
    expect(config.variable('table_prefix')).toEqual({ known: true, value: 'wp_' });
    expect(config.includedFiles).toContain(join(root, '.env'));
  });

  it('takes DATABASE_URL apart', () => {
    const config = bedrock({ '.env': 'DATABASE_URL=mysql://me:s3c@db.example:3307/shop\nWP_HOME=x\nWP_SITEURL=y' });
    expect(['DB_NAME', 'DB_USER', 'DB_PASSWORD', 'DB_HOST'].map((name) => value(config, name))).toEqual([
      'shop',
      'me',
      's3c',
      'db.example:3307',
    ]);
  });

  it('is unknown without a .env, and known with a given environment', () => {
    expect(bedrock({}).constant('DB_NAME')?.known).toBe(false);
    const environment = { DB_NAME: 'a', DB_USER: 'b', DB_PASSWORD: 'c' };
    const config = bedrock({}, { environment, environmentComplete: true });
    expect([value(config, 'DB_NAME'), value(config, 'DB_HOST')]).toEqual(['a', 'localhost']);
  });

  it('lets the real environment win over .env', () => {
    const config = bedrock({ '.env': 'DB_NAME=a\nDB_USER=b\nDB_PASSWORD=c\n' }, { environment: { DB_NAME: 'real' } });
    expect([value(config, 'DB_NAME'), value(config, 'DB_USER')]).toEqual(['real', 'b']);
  });
});

describe('included files (case 4)', () => {
  it('evaluates files of the site and names them', () => {
    const local = write('conf/local.php', "<?php return ['name' => 'shop'];");
    const config = evaluate(
      "<?php $c = require __DIR__ . '/conf/local.php'; define('A', $c['name']); include_once 'conf/local.php'; @include 'none.php'; define('B', 1);",
    );
    expect([value(config, 'A'), value(config, 'B')]).toEqual(['shop', 1n]);
    expect(config.includedFiles).toEqual([local]);
  });

  it.runIf(process.getuid?.() === 0)('does not read files of others, links to them, FIFOs and devices', () => {
    const other = realpathSync(mkdtempSync(join(tmpdir(), 'backupd-other-')));
    try {
      const secret = join(other, 'wp-config.php');
      writeFileSync(secret, "<?php define('A', 'theirs');");
      chownSync(secret, 12_345, 12_345);
      symlinkSync(secret, join(root, 'link.php'));
      execFileSync('mkfifo', [join(root, 'fifo.php')]);
      for (const path of [
        secret,
        join(root, 'link.php'),
        join(root, 'fifo.php'),
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
    const config = evaluate(stub.replace('/etc/x-', `${root}/etc-x-`), { environment: { HTTP_HOST: 'a.example:80' } });
    expect(value(config, 'DB_NAME')).toBe('of-a');
  });
});

describe('hostile files', () => {
  it.each([
    ['a file of 50 MB', `<?php define('A', 1);${' '.repeat(50 << 20)}`],
    ['an endless loop', '<?php while (true) { $a = 1; }'],
    ['an endless for', '<?php for (;;) {}'],
    ['recursion', '<?php function f() { return f(); } f();'],
    ['a text that doubles', "<?php $a = 'x'; for ($i = 0; $i < 99; $i++) { $a .= $a; } str_repeat('x', 999999999);"],
    [
      'an array that doubles',
      '<?php $a = [1]; $b = [1]; for ($i = 0; $i < 99; $i++) { $a = [$a, $a, $a]; $b = [$b, $b, $b]; } define("A", $a === $b);',
    ],
    ['deep nesting', `<?php $a = ${'['.repeat(60_000)}1${']'.repeat(60_000)};`],
    ['many operators', `<?php $a = 1${'.1'.repeat(100_000)};`],
    ['a name of many parts', `<?php ${'a\\'.repeat(100_000)}b();`],
    ['a power', '<?php define("A", 9 ** 999999999);'],
    ['an include of itself', '<?php include __FILE__;'],
    ['many unknown branches', `<?php ${"if (getenv('X')) { $a = 1; return; }".repeat(3_000)}`],
    ['branches in branches', `<?php ${"if (getenv('X')) {".repeat(300)}${'}'.repeat(300)}`],
  ])('%s ends soon and harmlessly', (_name, code) => {
    const start = performance.now();
    const config = evaluate(code);
    expect(config.constant('DB_NAME')?.known ?? false).toBe(false);
    expect(performance.now() - start).toBeLessThan(4_000);
  });
});
