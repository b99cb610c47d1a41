import { useState } from 'preact/hooks';
import { Page } from '../../ui/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { ChannelsTab } from './channels-tab.tsx';
import { DeliveriesTab } from './deliveries-tab.tsx';
import { RulesTab } from './rules-tab.tsx';

/** Who is told of what, and whether it arrived. */
export function NotificationsPage() {
  const [tab, setTab] = useState<'channels' | 'rules' | 'deliveries'>('channels');
  return (
    <Page title="Notifications" about="Nobody is told anything until there is a channel, and a rule that sends to it.">
      <Tabs
        label="Notifications"
        tabs={[
          { name: 'channels', title: 'Channels' },
          { name: 'rules', title: 'Rules' },
          { name: 'deliveries', title: 'Deliveries' },
        ]}
        current={tab}
        onChange={setTab}
      >
        {tab === 'channels' && <ChannelsTab onRules={() => setTab('rules')} />}
        {tab === 'rules' && <RulesTab onChannels={() => setTab('channels')} />}
        {tab === 'deliveries' && <DeliveriesTab />}
      </Tabs>
    </Page>
  );
}
