import { useState } from 'preact/hooks';
import { api, ask, type Dto } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { DefinitionList } from '../../ui/definition-list.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';

type Limits = Dto<'NodeLimitsDto'>;
const LIMITS: readonly { name: keyof Limits; title: string; min: number }[] = [
  { name: 'io', title: 'Disk-heavy stages at a time', min: 1 },
  { name: 'network', title: 'Uploads at a time', min: 1 },
  { name: 'cpu', title: 'Compression threads', min: 1 },
  { name: 'bandwidthMbps', title: 'Upload in Mbit/s (0: no limit)', min: 0 },
];

/** How much a node may take of its host: by its own settings and by this server. The lower one counts. */
export function NodeLimits({ node }: { node: Dto<'NodeDetailDto'> }) {
  const [editing, setEditing] = useState(false);
  const own = node.facts?.limits;
  return (
    <Card
      title="Limits"
      {...(may('admin')
        ? {
            actions: (
              <Button size="small" onClick={() => setEditing(true)}>
                Change
              </Button>
            ),
          }
        : {})}
    >
      <div class="stack">
        <p class="muted small">Of the node’s own limit and that of this server the lower one counts.</p>
        <DefinitionList
          items={LIMITS.map(({ name, title }) => [
            title,
            node.limits === null
              ? `${own?.[name] ?? 'not known'} (its own)`
              : `${node.limits[name]} here, ${own?.[name] ?? 'not known'} its own`,
          ])}
        />
      </div>
      {editing && <Edit node={node} onClose={() => setEditing(false)} />}
    </Card>
  );
}

function Edit({ node, onClose }: { node: Dto<'NodeDetailDto'>; onClose: () => void }) {
  const start = node.limits ?? node.facts?.limits ?? { io: 1, network: 1, cpu: 1, bandwidthMbps: 0 };
  const [limits, setLimits] = useState<Limits>(start);
  const path = { id: node.id };
  const save = useAction(() => ask(api.PUT('/nodes/{id}/limits', { params: { path }, body: limits })), {
    success: 'The limits hold within seconds.',
    invalidates: ['nodes'],
  });
  const remove = useAction(() => ask(api.DELETE('/nodes/{id}/limits', { params: { path } })), {
    success: 'Only its own limits hold.',
    invalidates: ['nodes'],
  });
  const closeAfter = async (action: Promise<unknown>): Promise<void> => {
    if ((await action) !== undefined) onClose();
  };
  return (
    <FormDialog
      title={`Limits of ${node.name}`}
      pending={save.pending}
      error={save.error ?? remove.error}
      extra={
        node.limits !== null && (
          <Button pending={remove.pending} onClick={() => void closeAfter(remove.run())}>
            Only its own
          </Button>
        )
      }
      onSubmit={() => void closeAfter(save.run())}
      onClose={onClose}
    >
      {LIMITS.map(({ name, title, min }) => (
        <TextInput
          key={name}
          label={title}
          type="number"
          min={min}
          required
          value={String(limits[name])}
          onInput={(text) => setLimits({ ...limits, [name]: Number(text) })}
          error={save.error?.fields.get(name)}
        />
      ))}
    </FormDialog>
  );
}
