import type { StorageDriver } from '../../engine/ports/index.js';
import { AppError } from '../../common/errors/index.js';
import { isId } from '../../common/ids.js';
import { isTimeZone } from '../../common/time-zones.js';
import { cleanLabels } from '../../common/labels.js';
import { foundAlarms, foundRetention, type FoundSite } from '../sites/index.js';
import { readSmall } from './small-object.js';

const MAX_BYTES = 4 * 1024 * 1024;

/** What `site.json` says of the site; null when there is none, or none that can be understood. */
export async function readSiteFile(
  driver: StorageDriver,
  siteId: string,
  signal?: AbortSignal,
): Promise<FoundSite | null> {
  let value: unknown;
  try {
    value = JSON.parse((await readSmall(driver, `sites/${siteId}/site.json`, MAX_BYTES, signal)).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof AppError && error.code === 'STORAGE_OBJECT_NOT_FOUND'))
      return null;
    throw error;
  }
  return isRecord(value) && value['id'] === siteId ? foundSite(value) : null;
}

/** The same from the header of a manifest, which says less. */
export function siteOfHeader(site: Readonly<Record<string, unknown>>): FoundSite | null {
  return foundSite(site);
}

/** Everything in it is untrusted. */
function foundSite(value: Readonly<Record<string, unknown>>): FoundSite | null {
  const { id, name, url, module, path, settings, excludes, overrides, labels, timeZone, externalId, nodeId } = value;
  if (!isText(id, 36) || !isText(name, 10_000) || !isText(module, 50) || !isText(path, 4096)) return null;
  if (!path.startsWith('/')) return null;
  return {
    id,
    name: name.slice(0, 200),
    url: isText(url, 2000) ? url : null,
    module,
    nodeId: typeof nodeId === 'string' && isId(nodeId) ? nodeId : null,
    path,
    settings: isRecord(settings) ? settings : {},
    excludes: Array.isArray(excludes) ? excludes.filter((each) => isText(each, 4096)) : [],
    overrides: isRecord(overrides)
      ? Object.fromEntries(
          Object.entries(overrides).filter((each): each is [string, string] => isText(each[1], 10_000)),
        )
      : {},
    labels: cleanLabels(Array.isArray(labels) ? labels.filter((each) => isText(each, 100)) : []),
    timeZone: isText(timeZone, 100) && isTimeZone(timeZone) ? timeZone : null,
    retention: foundRetention(value['retention']),
    alarms: foundAlarms(value['alarms']),
    externalId: isText(externalId, 500) ? externalId : null,
  };
}

function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= most && !value.includes('\0');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
