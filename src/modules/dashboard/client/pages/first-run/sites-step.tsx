import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { useAction } from '../../api/use-action.ts';
import { plural } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ProblemView } from '../../ui/problem-view.tsx';
import { SearchInput } from '../../ui/search-input.tsx';
import { WizardFrame } from './wizard-frame.tsx';
import { added, chosen, type Found, found } from './wizard-state.ts';

const MANY = 12;

/** Which of the found sites are backed up. */
export function SitesStep() {
  const [, navigate] = useLocation();
  const [search, setSearch] = useState('');
  const [skipped, setSkipped] = useState<Dto<'ImportResultDto'>['skipped']>([]);
  useEffect(() => {
    if (found.value.length === 0) navigate('/first-run/scan');
  }, []);
  const save = useAction(
    async () => {
      const result = await ask(api.POST('/sites/import', { body: { paths: [...chosen.value] } }));
      added.value = [...result.created, ...result.existing].map(({ id, name }) => ({ id, name }));
      setSkipped(result.skipped);
      if (result.skipped.length === 0) navigate('/first-run/storage');
    },
    { invalidates: ['sites', 'status'] },
  );

  const all = found.value;
  const shown = all.filter((site) => matches(site, search));
  const areAllOn = shown.every(({ path }) => chosen.value.has(path));
  return (
    <WizardFrame
      step="sites"
      title={`${plural(all.length, 'site')} found`}
      about="Those you choose are backed up. You can add and remove sites at any time."
    >
      <div class="row row-between">
        <Checkbox
          label={search === '' ? 'All' : `All ${shown.length} shown`}
          checked={areAllOn && shown.length > 0}
          onChange={(on) =>
            toggle(
              shown.map(({ path }) => path),
              on,
            )
          }
        />
        {all.length > MANY && (
          <div>
            <SearchInput label="Search" placeholder="Name or path" value={search} onSearch={setSearch} />
          </div>
        )}
      </div>
      <ul class="found-list">
        {shown.map((site) => (
          <li key={site.path}>
            <Checkbox
              label={
                <>
                  <strong>{site.description?.name ?? site.path}</strong> {versionOf(site)}
                </>
              }
              hint={<code>{site.path}</code>}
              checked={chosen.value.has(site.path)}
              onChange={(on) => toggle([site.path], on)}
            />
          </li>
        ))}
      </ul>
      {skipped.length > 0 && (
        <Notice tone="warning">
          <p>{plural(skipped.length, 'site was', 'sites were')} not added:</p>
          {skipped.map(({ path, reason }) => (
            <p key={path} class="small">
              <code>{path}</code>: {reason}
            </p>
          ))}
        </Notice>
      )}
      <ProblemView problem={save.error} />
      <div class="row">
        {skipped.length > 0 ? (
          <Button kind="primary" onClick={() => navigate('/first-run/storage')}>
            Go on with the others
          </Button>
        ) : (
          <Button
            kind="primary"
            pending={save.pending}
            disabled={chosen.value.size === 0}
            onClick={() => void save.run()}
          >
            {chosen.value.size === 0 ? 'Add sites' : `Add ${plural(chosen.value.size, 'site')}`}
          </Button>
        )}
        <Button kind="quiet" onClick={() => navigate('/first-run/scan')}>
          Back
        </Button>
      </div>
    </WizardFrame>
  );
}

function matches({ path, description }: Found, search: string): boolean {
  return `${path} ${description?.name ?? ''}`.toLowerCase().includes(search.trim().toLowerCase());
}

function versionOf({ description }: Found) {
  const version = description?.facts['version'];
  return typeof version === 'string' ? <span class="muted small">WordPress {version}</span> : null;
}

function toggle(paths: readonly string[], on: boolean): void {
  const next = new Set(chosen.value);
  for (const path of paths) {
    if (on) next.add(path);
    else next.delete(path);
  }
  chosen.value = next;
}
