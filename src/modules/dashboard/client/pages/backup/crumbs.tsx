/** A folder of a backup. */
export interface Folder {
  name: string;
  path?: string;
  /** In place of `path`, where that is not UTF-8. */
  pathBase64?: string;
}

/** Where one is in the backup; each part leads back there. */
export function Crumbs({ trail, onOpen }: { trail: readonly Folder[]; onOpen: (trail: readonly Folder[]) => void }) {
  const places = [
    { name: 'Backup', to: [] as readonly Folder[] },
    ...trail.map(({ name }, index) => ({ name, to: trail.slice(0, index + 1) })),
  ];
  return (
    <nav aria-label="Folder">
      <ol class="crumbs">
        {places.map(({ name, to }, index) => (
          <li key={to.length}>
            {index > 0 && (
              <span class="muted" aria-hidden="true">
                /
              </span>
            )}
            {index === places.length - 1 ? (
              <strong aria-current="page">{name}</strong>
            ) : (
              <button type="button" class="link-button" onClick={() => onOpen(to)}>
                {name}
              </button>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
