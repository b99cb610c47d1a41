import type { ComponentType } from 'preact';
import type { Dto } from '../api/client.ts';

/** What a tab of a site's page gets. The key of its query is `sites/<id>`: an action that changes the site invalidates `sites`. */
export interface SiteTabProps {
  site: Dto<'SiteDto'>;
}

/** One tab of a site's page. */
export interface SiteTab {
  /** Its part of the address: `/sites/<id>/<path>`; '' is the first tab. */
  path: string;
  title: string;
  /** Loads its code when it is first opened. */
  load: () => Promise<ComponentType<SiteTabProps>>;
}
