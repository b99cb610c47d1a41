import { useEffect, useState } from 'preact/hooks';
import type { Problem } from './problem.ts';
import { useAction } from './use-action.ts';
import { useQuery, type QueryOptions } from './use-query.ts';

interface CursorPage<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** A list that is fetched page by page, each below the one before. */
export interface Pages<Page extends CursorPage<unknown>> {
  /** The first page, with what it says of the whole. */
  first: Page | undefined;
  items: Page['items'];
  loading: boolean;
  error: Problem | null;
  refresh: () => void;
  /** Fetches the next page; null at the end. */
  more: (() => void) | null;
  fetchingMore: boolean;
}

/** Asks for the first page as `useQuery` does, and for the others one by one. */
export function usePages<Item, Page extends CursorPage<Item>>(
  key: string,
  fetcher: (cursor: string | undefined, signal?: AbortSignal) => Promise<Page>,
  options: QueryOptions = {},
): Pages<Page> {
  const first = useQuery(key, (signal) => fetcher(undefined, signal), options);
  const [later, setLater] = useState<{ key: string; pages: Page[] }>({ key, pages: [] });
  const pages = later.key === key ? later.pages : [];
  const last = pages.at(-1) ?? first.data;
  const more = useAction(
    async (cursor: string) => {
      const page = await fetcher(cursor);
      setLater({ key, pages: [...pages, page] });
    },
    { errorToast: true },
  );
  // A first page that was asked for again may end elsewhere.
  useEffect(() => setLater({ key, pages: [] }), [key, first.data]);
  const cursor = last?.nextCursor ?? null;
  return {
    first: first.data,
    items: [...(first.data?.items ?? []), ...pages.flatMap(({ items }) => items)],
    loading: first.loading,
    error: first.error,
    refresh: first.refresh,
    more: cursor === null ? null : () => void more.run(cursor),
    fetchingMore: more.pending,
  };
}
