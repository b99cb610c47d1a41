import { useState } from 'preact/hooks';
import { Archive } from 'lucide-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { StatusBadge } from '../../ui/badge.tsx';
import { Bytes } from '../../ui/amounts.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Select } from '../../ui/select.tsx';
import { Table } from '../../ui/table.tsx';

/** The catalogue backups that lie on a storage. */
export function CatalogueBackupsDialog({ onClose }: { onClose: () => void }) {
  const storages = useQuery('storage?limit=500', (signal) =>
    ask(api.GET('/storage', { params: { query: { limit: 500 } }, signal })),
  );
  const [chosen, setChosen] = useState('');
  return (
    <Dialog title="Catalogue backups" wide onClose={onClose}>
      <QueryView query={storages}>
        {({ items }) => {
          const providerId = chosen === '' ? (items[0]?.id ?? '') : chosen;
          if (providerId === '') return <p class="muted">There is no storage yet.</p>;
          return (
            <div class="stack">
              <Select
                label="Storage"
                value={providerId}
                onChange={setChosen}
                options={items.map(({ id, name }) => ({ value: id, title: name }))}
              />
              <Backups key={providerId} providerId={providerId} />
              <p class="muted small">
                To bring a lost server back, start a new one with the secret key and follow the page “Disaster recovery”
                of the documentation.
              </p>
            </div>
          );
        }}
      </QueryView>
    </Dialog>
  );
}

function Backups({ providerId }: { providerId: string }) {
  const shelf = useQuery(`catalogue/backups?providerId=${providerId}`, (signal) =>
    ask(api.GET('/catalogue/backups', { params: { query: { providerId } }, signal })),
  );
  return (
    <QueryView query={shelf}>
      {({ items }) =>
        items.length === 0 ? (
          <EmptyState icon={<Archive class="icon" aria-hidden="true" />} title="None on this storage">
            The catalogue is backed up by itself every day, and with “Back up now”.
          </EmptyState>
        ) : (
          <Table<Dto<'ShelvedCatalogueDto'>>
            caption="Catalogue backups"
            rows={items}
            rowKey={({ key }) => key}
            columns={[
              {
                name: 'at',
                title: 'Made',
                kind: 'main',
                cell: ({ createdAt }) => <RelativeTime at={createdAt} none="unknown" />,
              },
              { name: 'host', title: 'By', cell: ({ host, instance }) => host ?? instance },
              { name: 'size', title: 'Size', kind: 'number', cell: ({ size }) => <Bytes value={size} /> },
              {
                name: 'open',
                title: 'State',
                cell: ({ canOpen, keyId }) =>
                  canOpen ? (
                    <StatusBadge tone="ok">Can be opened</StatusBadge>
                  ) : keyId === null ? (
                    <StatusBadge tone="critical">Damaged</StatusBadge>
                  ) : (
                    <StatusBadge tone="warning">Another key</StatusBadge>
                  ),
              },
            ]}
          />
        )
      }
    </QueryView>
  );
}
