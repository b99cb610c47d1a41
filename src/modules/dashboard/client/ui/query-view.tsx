import type { ComponentChildren } from 'preact';
import type { Query } from '../api/use-query.ts';
import { ProblemView } from './problem-view.tsx';
import { Skeleton } from './skeleton.tsx';

interface QueryViewProps<T> {
  query: Query<T>;
  /** Lines of the skeleton. */
  lines?: number;
  children: (data: T) => ComponentChildren;
}

/** The answer of a query; while there is none its skeleton, and what went wrong. An old answer stays beside a problem. */
export function QueryView<T>({ query, lines = 4, children }: QueryViewProps<T>) {
  if (query.data === undefined && query.error === null) return <Skeleton lines={lines} />;
  return (
    <>
      {query.error !== null && (
        <div class="card-body">
          <ProblemView problem={query.error} onRetry={query.refresh} />
        </div>
      )}
      {query.data !== undefined && children(query.data)}
    </>
  );
}
