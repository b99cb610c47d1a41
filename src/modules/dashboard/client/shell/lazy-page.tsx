import { type ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { asProblem, Problem } from '../api/problem.ts';
import { ProblemView } from '../ui/problem-view.tsx';
import { Skeleton } from '../ui/skeleton.tsx';

/** What a page gets: the named parts of its path. */
export interface PageParams {
  params: Readonly<Record<string, string | undefined>>;
}

export type PageComponent = ComponentType<PageParams>;

/** A page whose code is loaded when it is first opened. */
export function lazyPage(load: () => Promise<PageComponent>): PageComponent {
  return lazyPart(load);
}

/** A part of a page, loaded in the same way. */
export function lazyPart<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loaded: ComponentType<Props> | null = null;
  return function LazyPart(props: Props) {
    const [, setReady] = useState(loaded !== null);
    const [problem, setProblem] = useState<Problem | null>(null);
    const [attempt, setAttempt] = useState(0);
    useEffect(() => {
      if (loaded !== null) return;
      setProblem(null);
      const open = async (): Promise<void> => {
        try {
          loaded = await load();
          setReady(true);
        } catch (error) {
          setProblem(notLoaded(error));
        }
      };
      void open();
    }, [attempt]);
    if (loaded !== null) {
      const Component = loaded;
      return <Component {...props} />;
    }
    if (problem !== null) return <ProblemView problem={problem} onRetry={() => setAttempt(attempt + 1)} />;
    return <Skeleton lines={6} />;
  };
}

function notLoaded(error: unknown): Problem {
  return new Problem({
    code: 'PAGE_NOT_LOADED',
    status: 0,
    detail: `This page could not be loaded: ${asProblem(error).message}`,
    hint: 'The server may be away, or have a newer version. Reload the page.',
  });
}
