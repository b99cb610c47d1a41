import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useConfigSite, value } from './evaluate.spec-support.js';

const { evaluate, root } = useConfigSite();

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
    expect([value(config, 'A'), value(config, 'B'), value(config, 'C')]).toEqual([
      root(),
      dirname(root()),
      `${root()}/`,
    ]);
    expect(config.constant('D')?.known).toBe(false);
  });
});

describe('what is not known', () => {
  it('says what, where and why, and never gives a fall-back', () => {
    const config = evaluate("<?php\n\ndefine('A', getenv('X') ?: 'wordpress');");
    expect(config.constant('A')).toEqual({
      known: false,
      reason: "getenv('X') is not known here",
      file: root('wp-config.php'),
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
