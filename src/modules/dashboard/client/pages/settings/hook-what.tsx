import { PasswordInput } from '../../ui/password-input.tsx';
import { RadioGroup } from '../../ui/radio-group.tsx';
import { Select } from '../../ui/select.tsx';
import { Textarea } from '../../ui/textarea.tsx';
import type { HookForm } from './hook-form.ts';

interface HookWhatProps {
  form: HookForm;
  isNew: boolean;
  onChange: (changes: Partial<HookForm>) => void;
  fault: (name: string) => string | undefined;
}

/** What a hook does: a command or a request. */
export function HookWhat({ form, isNew, onChange, fault }: HookWhatProps) {
  return (
    <>
      {isNew && (
        <RadioGroup
          label="What it does"
          value={form.kind}
          onChange={(kind) => onChange({ kind })}
          options={[
            {
              value: 'command',
              title: 'Runs a command',
              hint: 'As the owner of the site, in its folder. Never as root.',
            },
            { value: 'request', title: 'Sends a request' },
          ]}
        />
      )}
      {form.kind === 'command' ? (
        <Textarea
          label="Command"
          hint="The program and its arguments, one a line. No shell reads it. Put no secrets here: all users of the host can see arguments."
          value={form.command}
          onInput={(command) => onChange({ command })}
          rows={4}
          mono
          placeholder={'wp\ncache\nflush'}
          error={fault('command')}
        />
      ) : (
        <>
          <PasswordInput
            label="Address"
            hint={isNew ? 'Sealed; only its beginning is shown later.' : 'Empty = the one it has.'}
            value={form.url}
            onInput={(url) => onChange({ url })}
            autocomplete="off"
            required={isNew}
            error={fault('url')}
          />
          <Select
            label="Method"
            value={form.method}
            onChange={(method) => onChange({ method })}
            options={[
              { value: 'POST', title: 'POST, with the facts as JSON' },
              { value: 'PUT', title: 'PUT, with the facts as JSON' },
              { value: 'GET', title: 'GET' },
            ]}
          />
          <Textarea
            label="Headers"
            hint={
              isNew
                ? 'Name: value, one a line. Can be left empty.'
                : 'Empty = those it has. Else all of them, one a line.'
            }
            value={form.headers}
            onInput={(headers) => onChange({ headers })}
            rows={2}
            mono
            error={fault('headers')}
          />
        </>
      )}
    </>
  );
}
