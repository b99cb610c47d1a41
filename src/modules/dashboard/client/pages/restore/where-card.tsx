import { api, ask, type Dto } from '../../api/client.ts';
import type { Problem } from '../../api/problem.ts';
import { mayWholeServer } from '../../api/session.ts';
import { useQuery } from '../../api/use-query.ts';
import { Card } from '../../ui/card.tsx';
import { RadioGroup } from '../../ui/radio-group.tsx';
import { Select } from '../../ui/select.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { DatabaseFields } from './database-fields.tsx';
import { partsOf, type RestoreChoice } from './restore-choice.ts';

interface WhereCardProps {
  choice: RestoreChoice;
  onChange: (change: Partial<RestoreChoice>) => void;
  /** Undefined where the site is not registered any more. */
  site: Dto<'SiteDto'> | undefined;
  /** What the server said to the fields. */
  problem: Problem | null;
}

/** Second question: where to. */
export function WhereCard({ choice, onChange, site, problem }: WhereCardProps) {
  const place = site === undefined ? 'Where the site was.' : <code>{site.path}</code>;
  if (!mayWholeServer())
    return (
      <Card title="Where">
        <p>In place: {place}</p>
        <p class="muted">Your account is for some sites, and may restore them in place only.</p>
      </Card>
    );
  return (
    <Card>
      <div class="stack">
        <RadioGroup
          label="Where to"
          value={choice.isInPlace ? 'here' : 'elsewhere'}
          onChange={(next) => onChange({ isInPlace: next === 'here' })}
          options={[
            { value: 'here', title: 'In place', hint: place },
            {
              value: 'elsewhere',
              title: 'Somewhere else',
              hint: 'Another folder, host or database. The site itself stays as it is.',
            },
          ]}
        />
        {!choice.isInPlace && <Elsewhere choice={choice} onChange={onChange} site={site} problem={problem} />}
      </div>
    </Card>
  );
}

function Elsewhere({ choice, onChange, site, problem }: WhereCardProps) {
  const nodes = useQuery('nodes?limit=200', (signal) =>
    ask(api.GET('/nodes', { params: { query: { limit: 200 } }, signal })),
  );
  const others = (nodes.data?.items ?? []).filter(({ id, access }) => access === 'active' && id !== site?.nodeId);
  const isOnMaster = site !== undefined && site.nodeId === null;
  const hosts = [
    {
      value: '',
      title: site === undefined ? 'The host it was on' : `The site’s own: ${site.nodeName ?? 'this server'}`,
    },
    ...(isOnMaster ? [] : [{ value: 'self', title: 'This server' }]),
    ...others.map(({ id, name }) => ({ value: id, title: name })),
  ];
  return (
    <div class="stack restore-fields">
      {hosts.length > 1 && (
        <Select
          label="Host"
          value={choice.host}
          onChange={(host) => onChange({ host })}
          options={hosts}
          error={problem?.fields.get('nodeId')}
        />
      )}
      <TextInput
        label="Folder"
        hint="An absolute path. It is made when it is missing. Empty: the same path as the site has."
        value={choice.folder}
        onInput={(folder) => onChange({ folder })}
        mono
        spellcheck={false}
        placeholder="/var/www/staging"
        error={problem?.fields.get('targetPath')}
      />
      {partsOf(choice).database && <DatabaseFields choice={choice} onChange={onChange} problem={problem} />}
    </div>
  );
}
