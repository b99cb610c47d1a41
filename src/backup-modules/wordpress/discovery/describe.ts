import { basename, relative } from 'node:path';
import type { DescribableSite, SiteDescription } from '../../../engine/ports/index.js';
import type { SiteDatabase } from '../types.js';
import { inspect, type Inspection } from './inspect.js';
import { identifySite, tidy, type SiteIdentity } from './site-identity.js';

/** Safe facts of one WordPress path, with its name and URL from its own database. Throws NOT_A_SITE with the reason. */
export async function describeWordPress(site: DescribableSite): Promise<SiteDescription> {
  const inspection = inspect(site.path, { overrides: site.overrides });
  return describeInspection(inspection, true);
}

/** The description of an inspected site; `identify` = ask its database. */
export async function describeInspection(inspection: Inspection, identify: boolean): Promise<SiteDescription> {
  const { install, settings } = inspection;
  const warnings = [...install.warnings];
  const identity = install.database !== null && identify ? await identifySite(install.database) : null;
  if (identity?.problem) warnings.push(`${identity.problem.code}: ${identity.problem.message}`);
  const url = urlOf(inspection, identity);
  return {
    name: identity?.name ?? (url === null ? null : hostOf(url)) ?? (basename(install.root) || install.root),
    url,
    path: install.root,
    facts: {
      version: install.version,
      layout: install.layout,
      abspath: relative(install.root, install.abspath) || '.',
      contentDir: relative(install.root, install.contentDir) || '.',
      configFile: relative(install.root, install.configFile),
      multisite: install.multisite,
      ...databaseFacts(install.database, install.root),
      nestedInstalls: install.nestedInstalls,
      externalFiles: install.externalFiles,
      debug: settings.isTrue('WP_DEBUG'),
    },
    unknown: install.unknown,
    warnings,
  };
}

/** WP_HOME and WP_SITEURL win over the database, as in WordPress; of a multisite, the main site's domain. */
function urlOf({ config, install }: Inspection, identity: SiteIdentity | null): string | null {
  const constant = (name: string): string | null => {
    const value = config.constant(name);
    return value?.known === true ? tidy(value.value) : null;
  };
  const domain = install.multisite ? constant('DOMAIN_CURRENT_SITE') : null;
  const candidates = [
    constant('WP_HOME'),
    identity?.home,
    constant('WP_SITEURL'),
    identity?.siteUrl,
    domain === null ? null : `http://${domain}${constant('PATH_CURRENT_SITE') ?? '/'}`,
  ];
  return (
    candidates.find((url) => typeof url === 'string' && /^https?:\/\/[^\s<>"]+$/.test(url) && hostOf(url) !== null) ??
    null
  );
}

const hostOf = (url: string): string | null => (URL.canParse(url) ? new URL(url).host || null : null);

function databaseFacts(database: SiteDatabase | null, root: string): Record<string, unknown> {
  if (database === null) return { databaseEngine: null, databaseName: null, databaseHost: null, tablePrefix: null };
  if (database.engine === 'sqlite')
    return {
      databaseEngine: 'sqlite',
      databaseName: relative(root, database.file),
      databaseHost: null,
      tablePrefix: database.tablePrefix,
    };
  const { host, port, socketPath } = database.credentials;
  return {
    databaseEngine: 'mysql',
    databaseName: database.credentials.database,
    databaseHost: host === null ? (socketPath ?? 'localhost') : port === null ? host : `${host}:${port}`,
    tablePrefix: database.tablePrefix,
  };
}
