import { describe, expect, it } from 'vitest';
import { evaluateConfig, type EvaluatedConfig, type EvaluateOptions } from './evaluate.js';
import { useConfigSite, value } from './evaluate.spec-support.js';

const { evaluate, root, write } = useConfigSite();

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
  return evaluateConfig(root('web/wp-config.php'), {
    roots: [root()],
    constants: { ABSPATH: `${root()}/web/wp/` },
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
    ).toEqual(['shop', 'local', 'p#w $x"', 'localhost', `${root()}/web/app`, true]);
    expect(config.variable('table_prefix')).toEqual({ known: true, value: 'wp_' });
    expect(config.includedFiles).toContain(root('.env'));
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
