import { useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { useAction } from '../../api/use-action.ts';
import { plural } from '../../lib/format.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Select } from '../../ui/select.tsx';
import { TextInput } from '../../ui/text-input.tsx';

type Doing = 'rename' | 'block' | 'unblock' | 'rotate' | 'revoke' | 'remove';

const TEXTS: Record<Doing, { title: string; action: string; about: string }> = {
  rename: { title: 'Another name for', action: 'Rename', about: 'Only the name changes.' },
  block: {
    title: 'Block',
    action: 'Block',
    about:
      'It is refused until it is unblocked, and what it does here is cut off. It keeps its key. Its jobs are given back after a quarter of an hour, and wait for it.',
  },
  unblock: { title: 'Unblock', action: 'Unblock', about: 'It may come in again, with the key it has.' },
  rotate: {
    title: 'Another key for',
    action: 'Replace the key',
    about:
      'It fetches another key within seconds. The present one works until the new one was used, so nobody is locked out. If the key may be in wrong hands, revoke it instead.',
  },
  revoke: {
    title: 'Revoke the key of',
    action: 'Revoke the key',
    about:
      'The key is worth nothing from now on, and what the node does here is cut off. To come back, the host joins again under the same name.',
  },
  remove: {
    title: 'Remove',
    action: 'Remove the node',
    about: 'Its backups stay and can be restored to another host. Jobs that wait for it or run there fail.',
  },
};

/** What an admin can do with a node, each with what it means before it is done. */
export function NodeActions({ node }: { node: Dto<'NodeDetailDto'> }) {
  const [, navigate] = useLocation();
  const [doing, setDoing] = useState<Doing | null>(null);
  const [name, setName] = useState(node.name);
  const [sites, setSites] = useState<'keep' | 'remove'>('keep');
  const act = useAction((what: Doing): Promise<unknown> => doIt(node, what, name.trim(), sites), {
    success: 'Done.',
    invalidates: ['nodes', 'sites'],
  });
  const open = (what: Doing) => () => {
    act.reset();
    setDoing(what);
  };
  const isBlocked = node.access === 'blocked';
  const hasKey = node.access === 'active' || isBlocked;
  const confirm = async (what: Doing): Promise<void> => {
    if ((await act.run(what)) === undefined) return;
    setDoing(null);
    if (what === 'remove') navigate('/nodes');
  };
  return (
    <>
      <Menu
        label={`Actions for ${node.name}`}
        items={[
          { title: 'Rename', onChoose: open('rename') },
          hasKey && { title: isBlocked ? 'Unblock' : 'Block', onChoose: open(isBlocked ? 'unblock' : 'block') },
          hasKey && { title: 'Replace the key', onChoose: open('rotate') },
          hasKey && { title: 'Revoke the key', danger: true, onChoose: open('revoke') },
          { title: 'Remove', danger: true, onChoose: open('remove') },
        ]}
      />
      {doing !== null && (
        <ConfirmDialog
          title={`${TEXTS[doing].title} ${node.name}`}
          action={TEXTS[doing].action}
          {...(doing === 'remove' || doing === 'revoke' ? { typedName: node.name, danger: true } : {})}
          pending={act.pending}
          error={act.error}
          onClose={() => setDoing(null)}
          onConfirm={() => void confirm(doing)}
        >
          <p>{TEXTS[doing].about}</p>
          {doing === 'rename' && <TextInput label="Name" value={name} onInput={setName} required />}
          {doing === 'remove' && node.sites > 0 && (
            <Select
              label={`Its ${plural(node.sites, 'site')}`}
              value={sites}
              onChange={setSites}
              options={[
                { value: 'keep', title: 'Stay registered, paused, until they are moved' },
                { value: 'remove', title: 'Are forgotten; their backups stay' },
              ]}
            />
          )}
        </ConfirmDialog>
      )}
    </>
  );
}

async function doIt(
  { id, sites: count }: Dto<'NodeDetailDto'>,
  what: Doing,
  name: string,
  sites: 'keep' | 'remove',
): Promise<unknown> {
  const params = { path: { id } };
  switch (what) {
    case 'rename':
      return ask(api.PATCH('/nodes/{id}', { params, body: { name } }));
    case 'block':
      return ask(api.POST('/nodes/{id}/block', { params }));
    case 'unblock':
      return ask(api.POST('/nodes/{id}/unblock', { params }));
    case 'rotate':
      return ask(api.POST('/nodes/{id}/rotate', { params }));
    case 'revoke':
      return ask(api.POST('/nodes/{id}/revoke', { params }));
    case 'remove':
      return ask(api.DELETE('/nodes/{id}', { params: { ...params, query: count > 0 ? { sites } : {} } }));
  }
}
