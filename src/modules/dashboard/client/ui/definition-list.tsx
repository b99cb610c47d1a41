import { type ComponentChildren, Fragment } from 'preact';

/** Facts with their names. Those that are null are left out. */
export function DefinitionList({ items }: { items: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class="definitions">
      {items
        .filter(([, value]) => value !== null && value !== undefined)
        .map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
    </dl>
  );
}
