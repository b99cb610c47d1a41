import type { SiteTabProps } from '../../parts/site-tab.ts';

/** What there is of the site, newest first. */
export function BackupsTab({ site }: SiteTabProps) {
  return <p>{site.name}</p>;
}
