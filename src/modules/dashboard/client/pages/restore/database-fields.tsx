import type { Problem } from '../../api/problem.ts';
import { Checkbox } from '../../ui/checkbox.tsx';
import { PasswordInput } from '../../ui/password-input.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import type { RestoreChoice } from './restore-choice.ts';

interface DatabaseFieldsProps {
  choice: RestoreChoice;
  onChange: (change: Partial<RestoreChoice>) => void;
  problem: Problem | null;
}

/** Another database, and who may make it. */
export function DatabaseFields({ choice, onChange, problem }: DatabaseFieldsProps) {
  const { usesOtherDatabase, database, createsDatabase, admin } = choice;
  const error = (name: string): string | undefined => problem?.fields.get(name);
  const inDatabase = (change: Partial<RestoreChoice['database']>): void =>
    onChange({ database: { ...database, ...change } });
  const inAdmin = (change: Partial<RestoreChoice['admin']>): void => onChange({ admin: { ...admin, ...change } });
  return (
    <>
      <Checkbox
        label="Into another database"
        hint="Otherwise into the database that the site’s configuration names."
        checked={usesOtherDatabase}
        onChange={(value) => onChange({ usesOtherDatabase: value })}
      />
      {usesOtherDatabase && (
        <>
          <div class="field-pair">
            <TextInput
              label="Database"
              value={database.name}
              onInput={(name) => inDatabase({ name })}
              autocomplete="off"
              error={error('targetDatabase.name')}
            />
            <TextInput
              label="Host (optional)"
              value={database.host}
              onInput={(host) => inDatabase({ host })}
              placeholder="the site’s own"
              error={error('targetDatabase.host')}
            />
            <TextInput
              label="User"
              value={database.user}
              onInput={(user) => inDatabase({ user })}
              autocomplete="off"
              error={error('targetDatabase.user')}
            />
            <PasswordInput
              label="Password"
              value={database.password}
              onInput={(password) => inDatabase({ password })}
              autocomplete="off"
              error={error('targetDatabase.password')}
            />
            <TextInput
              label="Table prefix (optional)"
              value={database.prefix}
              onInput={(prefix) => inDatabase({ prefix })}
              placeholder="as in the backup"
              error={error('targetDatabase.prefix')}
            />
          </div>
          <Checkbox
            label="Create the database and its user"
            hint="Takes an account of the database server that may do that. Its password is forgotten when the restore ends."
            checked={createsDatabase}
            onChange={(value) => onChange({ createsDatabase: value })}
          />
          {createsDatabase && (
            <div class="field-pair">
              <TextInput
                label="Account"
                value={admin.user}
                onInput={(user) => inAdmin({ user })}
                autocomplete="off"
                placeholder="root"
                error={error('adminDatabase.user')}
              />
              <PasswordInput
                label="Its password"
                value={admin.password}
                onInput={(password) => inAdmin({ password })}
                autocomplete="off"
                error={error('adminDatabase.password')}
              />
            </div>
          )}
        </>
      )}
    </>
  );
}
