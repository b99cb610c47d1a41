import { useState } from 'preact/hooks';
import { api, ask, type Dto } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { plural } from '../../lib/format.ts';
import { ConfirmAction } from '../../parts/confirm-action.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { DefinitionList } from '../../ui/definition-list.tsx';
import { Notice } from '../../ui/notice.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import './settings.css';

const EXPORT = 'backupd secrets export /root/backupd-secret.key';

/** The key that seals stored credentials. */
export function SecretsCard() {
  const [asking, setAsking] = useState(false);
  const [rotated, setRotated] = useState<Dto<'RotationDto'> | null>(null);
  const keys = useQuery('secrets', (signal) => ask(api.GET('/secrets', { signal })));
  return (
    <Card
      title="Secret key"
      actions={
        <Button size="small" onClick={() => setAsking(true)}>
          Rotate
        </Button>
      }
    >
      <QueryView query={keys}>
        {({ keyId, keyIds, given }) => (
          <div class="stack">
            <p>It seals the credentials of storages, sites and channels. Without it a lost server can’t open them.</p>
            <DefinitionList
              items={[
                ['Name', <code key="id">{keyId}</code>],
                ['Earlier keys', keyIds.length > 1 ? String(keyIds.length - 1) : null],
                ['Comes from', given ? 'the configuration (BACKUPD_SECRET_KEY)' : 'a file in the data folder'],
              ]}
            />
            {rotated !== null && (
              <Notice tone={rotated.unreadable.length > 0 ? 'warning' : 'info'}>
                <p>
                  {plural(rotated.resealed, 'secret')} sealed again. Export the new key now, as below.
                  {rotated.unreadable.length > 0 &&
                    ` ${plural(rotated.unreadable.length, 'secret')} could not be opened and stay as they are: enter them again.`}
                </p>
              </Notice>
            )}
            <div class="stack-tight">
              <p>Keep a copy where neither this server nor its storages are. On the server, run:</p>
              <div class="command">
                <code>{EXPORT}</code>
                <CopyButton text={EXPORT} />
              </div>
              <p class="muted small">The key itself is never shown here.</p>
            </div>
          </div>
        )}
      </QueryView>
      {asking && (
        <ConfirmAction
          title="Rotate the secret key"
          action="Rotate"
          success="The key is rotated."
          invalidates={['secrets']}
          act={async () => setRotated(await ask(api.POST('/secrets/rotate')))}
          onClose={() => setAsking(false)}
        >
          <p>
            A new key is made and every stored credential is sealed with it. Earlier keys stay, so that older catalogue
            backups can be opened.
          </p>
          <p>Export the key again afterwards: your present copy does not open what is sealed from then on.</p>
        </ConfirmAction>
      )}
    </Card>
  );
}
