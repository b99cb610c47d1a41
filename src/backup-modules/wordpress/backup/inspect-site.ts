import type { SiteSpec } from '../../../engine/ports/index.js';
import { inspectWordPress } from '../discovery/index.js';
import type { WordPressInstall } from '../types.js';

const inspected = new WeakMap<SiteSpec, Promise<WordPressInstall>>();

/** What is known of the site's WordPress, found out once for the stages of a run: they begin at the same time. */
export async function inspectSite(site: SiteSpec): Promise<WordPressInstall> {
  const known = inspected.get(site);
  if (known !== undefined) return known;
  const install = inspectWordPress(site.path, { overrides: site.overrides });
  inspected.set(site, install);
  return install;
}
