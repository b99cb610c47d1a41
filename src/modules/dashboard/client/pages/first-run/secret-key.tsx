import { api, ask } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { Checkbox } from '../../ui/checkbox.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ProblemView } from '../../ui/problem-view.tsx';

const COMMAND = 'backupd secrets export backupd-secret-key.txt';

/** The one thing that a lost server cannot come back without. The server never gives it over the network, so it is exported on the host. */
export function SecretKey({ kept, onKept }: { kept: boolean; onKept: (kept: boolean) => void }) {
  const keys = useQuery('secrets', (signal) => ask(api.GET('/secrets', { signal })));
  return (
    <section class="stack" aria-labelledby="secret-key">
      <div>
        <h2 id="secret-key">Keep the secret key</h2>
        <p class="muted">
          It seals the passwords that backupd stores. If this server is lost, it cannot come back without the key. Keep
          a copy where neither this server nor its storages are: in a password manager, or on paper.
        </p>
      </div>
      <ProblemView problem={keys.error} onRetry={keys.refresh} />
      {keys.data?.given === true ? (
        <p>
          You have given the key with <code>BACKUPD_SECRET_KEY</code>. It is the key <code>{keys.data.keyId}</code>.
          Make sure that there is a copy of it elsewhere.
        </p>
      ) : (
        <div class="stack-tight">
          <p>The key does not travel over the network. Sign in on this server and write it into a file:</p>
          <div class="command">
            <code>{COMMAND}</code>
            <CopyButton text={COMMAND} />
          </div>
          {keys.data !== undefined && (
            <p class="muted small">
              It is the key <code>{keys.data.keyId}</code>.
            </p>
          )}
        </div>
      )}
      <Checkbox label="I have a copy of the secret key in a safe place" checked={kept} onChange={onKept} />
    </section>
  );
}
