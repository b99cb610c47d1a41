import { Compass } from 'lucide-preact';
import { ButtonLink } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Page } from '../../ui/page.tsx';

/** For addresses that lead nowhere. */
export function NotFoundPage() {
  return (
    <Page title="There is no such page">
      <Card>
        <EmptyState
          icon={<Compass class="icon" aria-hidden="true" />}
          title="Nothing is here"
          action={<ButtonLink to="/">Go to the overview</ButtonLink>}
        >
          The address may be mistyped, or what it showed may have been removed.
        </EmptyState>
      </Card>
    </Page>
  );
}
