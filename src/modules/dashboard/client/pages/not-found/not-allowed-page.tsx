import { LockKeyhole } from 'lucide-preact';
import { ButtonLink } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Page } from '../../ui/page.tsx';

/** A page that the user's role does not open. */
export function NotAllowedPage() {
  return (
    <Page title="Not for this account">
      <Card>
        <EmptyState
          icon={<LockKeyhole class="icon" aria-hidden="true" />}
          title="Your account may not open this page"
          action={<ButtonLink to="/">Go to the overview</ButtonLink>}
        >
          An administrator can give the account another role, or more sites.
        </EmptyState>
      </Card>
    </Page>
  );
}
