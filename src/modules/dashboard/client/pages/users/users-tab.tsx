import { useState } from 'preact/hooks';
import { UserPlus } from 'lucide-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { user as signedIn } from '../../api/session.ts';
import { useQuery } from '../../api/use-query.ts';
import { restrictionInWords } from '../../lib/restriction.ts';
import { ROLES } from '../../lib/roles.ts';
import { Badge, StatusBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Pager } from '../../ui/pager.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Table } from '../../ui/table.tsx';
import { LinkDialog } from './link-dialog.tsx';
import { UserDialog } from './user-dialog.tsx';
import { UserMenu } from './user-menu.tsx';

const LIMIT = 50;

/** A link to set a password, to be handed over. */
export interface HandedLink {
  name: string;
  link: Dto<'ResetLinkDto'>;
}

/** All accounts. */
export function UsersTab() {
  const [offset, setOffset] = useState(0);
  const [edited, setEdited] = useState<Dto<'UserDto'> | 'new' | null>(null);
  const [link, setLink] = useState<HandedLink | null>(null);
  const users = useQuery(
    `users?offset=${offset}&limit=${LIMIT}`,
    (signal) => ask(api.GET('/users', { params: { query: { offset, limit: LIMIT } }, signal })),
    { keepPrevious: true },
  );
  return (
    <Card
      title="Users"
      flush
      actions={
        <Button
          kind="primary"
          size="small"
          icon={<UserPlus class="icon icon-small" aria-hidden="true" />}
          onClick={() => setEdited('new')}
        >
          Add a user
        </Button>
      }
    >
      <QueryView query={users}>
        {({ items, total }) => (
          <>
            <Table
              caption="Users"
              rows={items}
              rowKey={({ id }) => id}
              stale={users.stale}
              columns={[
                { name: 'name', title: 'Name', kind: 'main', cell: (row) => <NameCell row={row} /> },
                {
                  name: 'role',
                  title: 'Role',
                  cell: ({ role }) => <span title={ROLES[role].about}>{ROLES[role].title}</span>,
                },
                { name: 'restriction', title: 'May see', cell: ({ restriction }) => restrictionInWords(restriction) },
                {
                  name: 'factor',
                  title: 'Second factor',
                  cell: ({ secondFactor }) =>
                    secondFactor ? <StatusBadge tone="ok">On</StatusBadge> : <span class="muted">Off</span>,
                },
                {
                  name: 'seen',
                  title: 'Last seen',
                  cell: ({ lastSeenAt }) => <RelativeTime at={lastSeenAt} none="never" />,
                },
                {
                  name: 'actions',
                  title: 'Actions',
                  kind: 'actions',
                  cell: (row) => (
                    <span class="row row-end">
                      <Button size="small" aria-label={`Edit ${row.name}`} onClick={() => setEdited(row)}>
                        Edit
                      </Button>
                      <UserMenu user={row} onLink={setLink} />
                    </span>
                  ),
                },
              ]}
            />
            <Pager offset={offset} limit={LIMIT} total={total} onChange={setOffset} />
          </>
        )}
      </QueryView>
      {edited !== null && (
        <UserDialog user={edited === 'new' ? null : edited} onLink={setLink} onClose={() => setEdited(null)} />
      )}
      {link !== null && <LinkDialog {...link} onClose={() => setLink(null)} />}
    </Card>
  );
}

function NameCell({ row: { id, name, email, disabled } }: { row: Dto<'UserDto'> }) {
  return (
    <div>
      <span class="row">
        <strong>{name}</strong>
        {id === signedIn.value?.id && <Badge tone="active">You</Badge>}
        {disabled && (
          <StatusBadge tone="warning" paused>
            Disabled
          </StatusBadge>
        )}
      </span>
      {email !== null && <span class="muted small">{email}</span>}
    </div>
  );
}
