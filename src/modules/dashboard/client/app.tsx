import { useEffect, useState } from 'preact/hooks';
import { Route, Router, Switch } from 'wouter-preact';
import { useHashLocation } from 'wouter-preact/use-hash-location';
import { goLive, stopLive } from './api/live.ts';
import { asProblem, type Problem } from './api/problem.ts';
import { loadSession, session, user } from './api/session.ts';
import { NotFoundPage } from './pages/not-found/not-found-page.tsx';
import { SignInPage } from './pages/sign-in/sign-in-page.tsx';
import { entryRoutes, routes } from './routes.tsx';
import { EntryFrame } from './shell/entry-frame.tsx';
import type { PageParams } from './shell/lazy-page.tsx';
import { Shell } from './shell/shell.tsx';
import { ProblemView } from './ui/problem-view.tsx';
import { Spinner } from './ui/spinner.tsx';
import { Toasts } from './ui/toasts.tsx';

/** The dashboard: who is signed in decides between the pages and the way in. */
export function App() {
  return (
    <Router hook={useHashLocation}>
      <Switch>
        {entryRoutes.map(({ path, page }) => (
          <Route key={path} path={path} component={page} />
        ))}
        <Route>
          <SignedIn />
        </Route>
      </Switch>
      <Toasts />
    </Router>
  );
}

function SignedIn() {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    setProblem(null);
    loadSession().catch((error: unknown) => setProblem(asProblem(error)));
  }, [attempt]);
  const id = user.value?.id;
  useEffect(() => {
    if (id === undefined) return undefined;
    goLive();
    return stopLive;
  }, [id]);

  if (session.value === null)
    return (
      <EntryFrame title="backupd">
        {problem === null ? (
          <p class="row">
            <Spinner /> Loading
          </p>
        ) : (
          <ProblemView problem={problem} onRetry={() => setAttempt(attempt + 1)} />
        )}
      </EntryFrame>
    );
  if (user.value === null) return <SignInPage />;
  return (
    <Shell>
      <Switch>
        {routes.map(({ path, page: PageComponent }) => (
          // Another site is another page: nothing of the one before stays in it. Another tab of it is the same page.
          <Route key={path} path={path}>
            {(params: PageParams['params']) => (
              <PageComponent key={params['id'] ?? JSON.stringify(params)} params={params} />
            )}
          </Route>
        ))}
        <Route>
          <NotFoundPage />
        </Route>
      </Switch>
    </Shell>
  );
}
