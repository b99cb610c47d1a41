import { type Principal, requestValidation } from '../../common/http/index.js';
import { EventQueryDto } from './dto/event-query.dto.js';
import type { FeedOptions } from './event-feed.js';
import { lastEventId } from './event-streams.js';

/** What a request for the stream of everything asks for. Error: REQUEST_INVALID. */
export function feedOf(query: EventQueryDto, lastEventIdHeader: string | undefined, reader: Principal): FeedOptions {
  return {
    reader,
    filter: {
      siteId: query.siteId,
      jobId: query.jobId,
      types: query.type === undefined ? undefined : new Set<string>(query.type),
    },
    after: lastEventId(lastEventIdHeader, query.lastEventId),
  };
}

/** A query that no controller has checked. Error: REQUEST_INVALID. */
export async function checkedQuery(search: URLSearchParams): Promise<EventQueryDto> {
  const plain = Object.fromEntries([...new Set(search.keys())].map((name) => [name, valuesOf(search, name)]));
  const checked: unknown = await requestValidation().transform(plain, { type: 'query', metatype: EventQueryDto });
  return checked instanceof EventQueryDto ? checked : new EventQueryDto();
}

function valuesOf(search: URLSearchParams, name: string): string | string[] {
  const values = search.getAll(name);
  return values.length === 1 ? (values[0] ?? '') : values;
}
