import { useState } from 'preact/hooks';
import { may } from '../../api/session.ts';
import { api, ask } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { InstallationCard } from '../../parts/installation-card.tsx';
import { ProofSettings } from '../../parts/proof-settings.tsx';
import { Page } from '../../ui/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { AlarmLimitsCard } from './alarm-limits-card.tsx';
import { CatalogueCard } from './catalogue-card.tsx';
import { HooksCard } from './hooks-card.tsx';
import { MirrorCard } from './mirror-card.tsx';
import { SecretsCard } from './secrets-card.tsx';

/** What holds for the whole server. */
export function SettingsPage() {
  const [tab, setTab] = useState<'rules' | 'rescue' | 'hooks'>('rules');
  const proof = useQuery('proof', (signal) => ask(api.GET('/proof', { signal })));
  return (
    <Page title="Settings" about="What holds for the whole server.">
      <Tabs
        label="Settings"
        tabs={[
          { name: 'rules', title: 'General' },
          { name: 'rescue', title: 'If this server is lost' },
          ...(may('admin') ? [{ name: 'hooks' as const, title: 'Hooks' }] : []),
        ]}
        current={tab}
        onChange={setTab}
      >
        {tab === 'rules' && (
          <div class="columns">
            <div class="stack">
              <InstallationCard />
              {proof.data !== undefined && <ProofSettings proof={proof.data} />}
            </div>
            <AlarmLimitsCard />
          </div>
        )}
        {tab === 'rescue' && (
          <div class="columns">
            <div class="stack">
              <CatalogueCard />
              <MirrorCard />
            </div>
            {may('admin') && <SecretsCard />}
          </div>
        )}
        {tab === 'hooks' && <HooksCard />}
      </Tabs>
    </Page>
  );
}
