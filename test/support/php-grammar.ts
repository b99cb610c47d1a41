import * as fc from 'fast-check';

/*
 * Random PHP configurations from a grammar of what the evaluator knows, and of what it must not pretend to know.
 * Texts are binary: one character per byte.
 */
const CONSTANTS = ['DB_NAME', 'DB_USER', 'DB_HOST', 'A', 'B', 'C'];
const VARIABLES = ['a', 'b', 'c', 'table_prefix', 'arr'];
export const GIVEN_ENV = { SITE_NAME: 'blog', SITE_PORT: '3307', EMPTY: '', ZERO: '0' };
/** Set when PHP runs, not told to the evaluator. */
export const HIDDEN_ENV = { HIDDEN: 'secret', HIDDEN_FLAG: '1' };

const pick = (...items: string[]): fc.Arbitrary<string> => fc.constantFrom(...items);
const constant = pick(...CONSTANTS);
const variable = pick(...VARIABLES).map((name) => `$${name}`);
const cat = (...parts: (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> =>
  fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((texts) => texts.join(''));

const rawText = fc
  .array(
    fc.oneof(
      pick(
        'a',
        'wp_',
        'x y',
        '0',
        '12',
        "\\'",
        '\\\\',
        '"',
        '$',
        '#',
        '//',
        ';',
        '/*',
        '*/',
        '?',
        '{',
        '}',
        ' ',
        '\n',
        '\t',
        '\\n',
        '%',
        '.',
      ),
      fc.integer({ min: 0x80, max: 0xff }).map((n) => String.fromCharCode(n)),
    ),
    { maxLength: 4 },
  )
  .map((parts) => parts.join(''));
const single = rawText.map((text) => `'${text.replaceAll(/(?<!\\)'/g, "\\'")}'`);
const piece = fc.oneof(
  {
    weight: 6,
    arbitrary: pick(
      'a',
      'b c',
      '\\n',
      '\\t',
      '\\\\',
      '\\$',
      '\\x41',
      '\\101',
      '\\u{e9}',
      '\\q',
      "'",
      '#',
      '//',
      ';',
      '$ ',
      '\\e',
      '{ ',
      '\xe9',
      '\n',
    ),
  },
  { weight: 2, arbitrary: variable.map((v) => `{${v}}`) },
  { weight: 1, arbitrary: variable.map((v) => `${v} `) },
  { weight: 1, arbitrary: pick("{$arr['k']}", '$arr[k] ', '$arr[0] ', '{$arr[0]}', '${a}') },
);
const body = fc.array(piece, { maxLength: 4 }).map((parts) => parts.join(''));
const double = body.map((text) => `"${text}"`);
const heredocBody = body.map((text) => text.replaceAll('\n', '\n  '));
const heredoc = fc.oneof(
  heredocBody.map((text) => `<<<EOT\n  ${text}\n  EOT`),
  body.map((text) => `<<<"EOT"\n${text}\nEOT`),
  rawText.map((text) => `<<<'EOT'\n${text}\nEOT`),
  rawText.map((text) => `<<<'EOT'\n    x${text.replaceAll('\n', '\n  ')}\n  EOT`),
);
const number = pick(
  '0',
  '1',
  '2',
  '-1',
  '7',
  '0x1F',
  '017',
  '0b11',
  '1_000',
  '1.5',
  '2.0',
  '9223372036854775807',
  '10',
  '.5',
  '1e3',
);
const plain = fc.oneof(
  single,
  single,
  double,
  heredoc,
  number,
  pick(
    'true',
    'false',
    'null',
    'TRUE',
    '__DIR__',
    '__FILE__',
    '__LINE__',
    'PHP_EOL',
    "''",
    "'0'",
    "'1'",
    "'abc'",
    '[]',
  ),
);
const path = pick(
  "__DIR__ . '/inc.php'",
  "__DIR__ . '/missing.php'",
  "dirname(__FILE__) . '/inc.php'",
  "'inc.php'",
  "'./ret.php'",
  "__DIR__ . '/ret.php'",
);

const { expression } = fc.letrec<{ expression: string; simple: string; call: string }>((tie) => ({
  simple: fc.oneof(
    plain,
    variable,
    constant,
    pick(
      "$arr['k']",
      '$arr[0]',
      "$arr['none']",
      '$undefined',
      "getenv('SITE_NAME')",
      "getenv('HIDDEN')",
      "getenv('NOT_SET')",
      "$_ENV['SITE_PORT']",
      "$_SERVER['HIDDEN']",
      "$GLOBALS['a']",
      '$$b',
    ),
  ),
  call: fc.oneof(
    cat(
      pick(
        'trim',
        'strtolower',
        'strtoupper',
        'strlen',
        'md5',
        'ucfirst',
        'lcfirst',
        'basename',
        'dirname',
        'is_string',
        'is_array',
        'is_null',
        'is_int',
        'is_numeric',
        'intval',
        'strval',
        'boolval',
        'base64_encode',
        'bin2hex',
        'rawurlencode',
        'urldecode',
        'strrev',
        'rtrim',
        'ltrim',
        'addslashes',
        'json_encode',
        'count',
        'gettype',
        'parse_url',
        'array_keys',
        'implode',
        'ord',
        'is_bool',
      ),
      '(',
      tie('expression'),
      ')',
    ),
    cat(
      pick(
        'rtrim',
        'ltrim',
        'trim',
        'str_contains',
        'strpos',
        'str_starts_with',
        'explode',
        'implode',
        'in_array',
        'array_key_exists',
        'str_repeat',
        'substr',
        'strstr',
        'substr_count',
        'array_merge',
        'strrpos',
        'stripos',
        'dirname',
        'basename',
        'min',
        'strrchr',
      ),
      '(',
      tie('simple'),
      ', ',
      tie('simple'),
      ')',
    ),
    cat('str_replace(', tie('simple'), ', ', tie('simple'), ', ', tie('simple'), ')'),
    cat('substr(', tie('simple'), ', ', pick('0', '1', '-2', '3'), ', ', pick('1', '2', '-1', '0'), ')'),
    cat(
      'sprintf(',
      pick("'%s-%s'", "'%2$s %1$s %%'", "'%d'", "'%5.2f'", "'%s'"),
      ', ',
      tie('simple'),
      ', ',
      tie('simple'),
      ')',
    ),
    cat("parse_url('mysql://u:p%40x@h.example:3306/db?x=1#f'", pick(')', ', PHP_URL_HOST)', ", PHP_URL_PORT)['x']")),
    cat(
      'defined(',
      constant.map((c) => `'${c}'`),
      ')',
    ),
    cat('f(', tie('simple'), ', ', tie('simple'), ')'),
    cat('g(', tie('simple'), ')'),
    cat(pick('h', 'file_exists', 'is_file', 'realpath', 'file_get_contents'), '(', path, ')'),
    cat('preg_replace(', pick("'/[^a-z]/'", "'/b+/'", "'/:.*$/'", "'/(a|b)+/'"), ", '', ", tie('simple'), ')'),
    cat('(function ($x) { return $x; })(', tie('simple'), ')'),
    cat("array_map(fn($x) => $x . 'y', [", tie('simple'), '])'),
    cat('(object) [', tie('simple'), ']'),
  ),
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('simple'),
    cat(tie('simple'), ' . ', tie('expression')),
    cat(
      '(',
      tie('expression'),
      ')',
      pick(
        ' . ',
        ' + ',
        ' - ',
        ' * ',
        ' / ',
        ' % ',
        ' == ',
        ' != ',
        ' === ',
        ' !== ',
        ' < ',
        ' >= ',
        ' <=> ',
        ' && ',
        ' || ',
        ' and ',
        ' or ',
        ' xor ',
        ' ?? ',
        ' ?: ',
        ' ** ',
        ' & ',
        ' | ',
        ' << ',
      ),
      '(',
      tie('expression'),
      ')',
    ),
    cat(
      tie('simple'),
      pick(' . ', ' + ', ' * ', ' == ', ' === ', ' && ', ' ?? ', ' . ', ' - '),
      tie('simple'),
      pick(' . ', ' + ', ' * ', ' === ', ' || ', ' ?? '),
      tie('simple'),
    ),
    cat('(', tie('expression'), ') ? ', tie('simple'), ' : (', tie('expression'), ')'),
    cat(pick('!', '-', '(int) ', '(string) ', '(bool) ', '(array) ', '@'), '(', tie('simple'), ')'),
    cat(pick('!', '@', '(string) ', '(bool) '), tie('simple'), pick(' . ', ' == ', ' ?? '), tie('simple')),
    cat(
      'isset(',
      pick('$a', "$arr['k']", "$arr['k']['z']", '$undefined', "$_SERVER['HTTP_HOST']", "$_ENV['ZERO']", '$b[0]'),
      ')',
    ),
    cat(
      'empty(',
      tie('simple').filter((s) => s.startsWith('$')),
      ')',
    ),
    cat(
      '[',
      tie('expression'),
      ', ',
      pick("'k' => ", '5 => ', "'7' => ", 'true => ', ''),
      tie('simple'),
      ', ',
      tie('simple'),
      ']',
    ),
    tie('call'),
    cat('(', variable, pick(' = ', ' .= ', ' ??= '), tie('expression'), ')'),
    cat(variable, pick('++', '--'), ' . ', variable),
    cat('include ', path),
    cat('match(', tie('simple'), ") { 'blog' => 1, ", tie('simple'), ' => 2, default => ', tie('simple'), ' }'),
  ),
}));

const define = cat(
  'define(',
  constant.map((c) => `'${c}'`),
  ', ',
  expression,
  ');',
);
const { statement } = fc.letrec<{ statement: string; block: string }>((tie) => ({
  block: fc
    .array(tie('statement'), { minLength: 1, maxLength: 3, depthIdentifier: 'b' })
    .map((list) => list.join('\n')),
  statement: fc.oneof(
    { depthSize: 'small', depthIdentifier: 'b' },
    define,
    define,
    cat(
      constant.map((c) => `defined('${c}') || `),
      define,
    ),
    cat(
      constant.map((c) => `!defined("${c}") and `),
      define,
    ),
    cat(
      constant.map((c) => `if (!defined('${c}')) `),
      define,
    ),
    cat(variable, pick(' = ', ' = ', ' .= ', ' ??= ', ' += '), expression, ';'),
    cat(
      pick("$arr['k']", '$arr[]', '$arr[0]', "$arr['k']['z']", "$GLOBALS['table_prefix']", "$_ENV['SITE_PORT']"),
      ' = ',
      expression,
      ';',
    ),
    cat(
      'if (',
      expression,
      ') {\n',
      tie('block'),
      '\n} elseif (',
      expression,
      ') {\n',
      tie('block'),
      '\n} else {\n',
      tie('block'),
      '\n}',
    ),
    cat('if (', expression, '):\n', tie('block'), '\nendif;'),
    cat(
      'foreach ([',
      expression,
      ', ',
      expression,
      '] as ',
      pick('$a', '$b => $a', '&$a'),
      ') {\n',
      tie('block'),
      pick('', '\nbreak;', "\nif ($a == 'x') continue;"),
      '\n}',
    ),
    cat('foreach (', expression, ' as $c => $b) {\n', tie('block'), '\n}'),
    cat(
      'for ($i = 0; $i < ',
      pick('2', '3', "getenv('HIDDEN_FLAG')"),
      '; $i++) {\n',
      tie('block'),
      pick('', "\nif (getenv('HIDDEN')) break;", '\ncontinue;'),
      '\n}',
    ),
    cat('$n = 0; while ($n++ < 2) {\n', tie('block'), '\n}'),
    cat(
      'switch (',
      expression,
      ") {\ncase 'blog':\n",
      tie('block'),
      pick('', '\nbreak;'),
      '\ncase 1:\n',
      tie('block'),
      '\nbreak;\ndefault:\n',
      tie('block'),
      '\n}',
    ),
    cat(
      'try {\n',
      tie('block'),
      pick('', '\nthrow new Exception();', '\nnew DateTime($a);', '\nnot_there();'),
      '\n} catch (Throwable $e) {\n',
      tie('block'),
      '\n}',
      pick('', ' finally { $c = 1; }'),
    ),
    cat(pick('[$a, $b] = ', "['k' => $a] = ", 'list(, $c) = ', '[$a, [$b]] = '), expression, ';'),
    cat('const ', pick('K1', 'K2', 'K3'), ' = ', pick("'x' . 'y'", '1 + 2', '[1, 2]', 'PHP_EOL', "'\\n'"), ';'),
    cat('unset(', pick('$a', "$arr['k']", '$b, $c'), ');'),
    cat(
      pick(
        '$a = &$b;',
        '$c = &$arr[0];',
        'g2($a);',
        'parse_str("a=9&b=8", $arr);',
        '$f = function () use (&$a) { $a = 5; }; $f();',
        'sort($arr);',
        'preg_match("/a/", "a", $arr);',
        'extract(["a" => "ex"]);',
        '$GLOBALS["a"] = 3;',
        'k();',
        'st();',
        '${"a" . ""} = 4;',
        'eval("\\$a = 6;");',
        'putenv("SITE_NAME=put");',
        'Cls::set();',
        '$o = new Cls; $o->x = 1;',
        'array_walk($arr, function () { define("W", 1); });',
        'ini_set("a", "b");',
        'gen();',
        'foreach (gen() as $a) {}',
      ),
    ),
    cat(pick('include ', 'include_once ', '@include ', 'require_once '), path, ';'),
    cat('// comment ', pick("define('A', 'commented');", '?> html <?php', "it's"), '\n'),
    cat('# ', pick("define('B', 'commented');", ''), '\n'),
    pick("/* define('C', 1); */", '?>\n<b>html</b>\n<?php', ';', '{ }', "call_user_func('define', 'A', 'via call');"),
    cat('if (getenv("HIDDEN")) { ', pick('return;', 'exit;', '', '$a = 1; return 5;'), ' }'),
  ),
}));

const PROLOGUE = `
function f($x, $y = 'd') { if ($x) { return $y; } elseif ($y === null) { return; } return $x . 'f'; }
function g(string $s) { global $a; $a = $s; static $n = 0; $n++; return $s . $n; }
function g2(&$r) { $r = 'byref'; }
function k() { defined('A') || define('A', 'from k'); $GLOBALS['b'] = 'k'; }
function st() { global $c; $c = getenv('HIDDEN') ? 1 : 2; if ($c) return 1; define('B', 2); }
function h($p) { return is_readable($p) ? rtrim(file_get_contents($p), "\\n") : 'none'; }
function gen() { define('GEN', 1); yield 1; }
class Cls { public $x; static function set() { define('C', 'static'); } }
`;

/** A whole wp-config.php, with any line ending. */
export const config: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(statement, { minLength: 1, maxLength: 7 }),
    pick('\n', '\n', '\r\n', '\r'),
    pick('<?php', '<?php', '\xef\xbb\xbf<?php', 'html\n<?php'),
    pick('', '\n?>', '\n?>\n'),
  )
  .map(([statements, ending, open, close]) => {
    const source = `${open}${PROLOGUE}${statements.join('\n')}${close}`;
    return ending === '\n' ? source : source.replaceAll('\n', ending);
  });

export const INCLUDED = {
  'inc.php': `<?php\n$b = 'included';\ndefined('B') || define('B', basename(__FILE__));\nif (getenv('HIDDEN_FLAG')) { $c = 'h'; }\n`,
  'ret.php': `<?php return ['k' => 'returned', 2, dirname(__DIR__, 1) === '' ? 1 : 'x'];\n`,
};
