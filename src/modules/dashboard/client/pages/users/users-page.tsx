import { useState } from 'preact/hooks';
import { Page } from '../../ui/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { TokensTab } from './tokens-tab.tsx';
import { UsersTab } from './users-tab.tsx';

/** Who may use this server: people and programs. */
export function UsersPage() {
  const [tab, setTab] = useState<'users' | 'tokens'>('users');
  return (
    <Page title="Users and tokens" about="People sign in as users. Programs use tokens.">
      <Tabs
        label="Users or tokens"
        tabs={[
          { name: 'users', title: 'Users' },
          { name: 'tokens', title: 'Tokens' },
        ]}
        current={tab}
        onChange={setTab}
      >
        {tab === 'users' ? <UsersTab /> : <TokensTab />}
      </Tabs>
    </Page>
  );
}
