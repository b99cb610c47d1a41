import { user } from '../../api/session.ts';
import { ROLES } from '../../lib/roles.ts';
import { Badge } from '../../ui/badge.tsx';
import { Page } from '../../ui/page.tsx';
import { EmailCard } from './email-card.tsx';
import { PasswordCard } from './password-card.tsx';
import { SecondFactorCard } from './second-factor-card.tsx';
import { SessionsCard } from './sessions-card.tsx';

/** What a person may change of the own account. */
export function AccountPage() {
  const current = user.value;
  if (current === null) return null;
  return (
    <Page
      title="Your account"
      about={
        <>
          Signed in as <strong>{current.name}</strong> <Badge>{ROLES[current.role].title}</Badge>
        </>
      }
    >
      <div class="columns">
        <div class="stack">
          <SecondFactorCard />
          <SessionsCard />
        </div>
        <div class="stack">
          <PasswordCard />
          <EmailCard />
        </div>
      </div>
    </Page>
  );
}
