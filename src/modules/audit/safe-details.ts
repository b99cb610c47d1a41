/** Fields whose text may be kept: none of them can hold a secret, by what they are. A field that is not here is kept as "***". */
const OPEN_TEXTS = new Set(
  `action allow bucket lastAction at atTime attempts base_path cron days driver excludes extraFiles extra_files from host id jobs kind label labels
  minSeverity mode module moment name onFailure over path paths pinNote reason role scope site_id site_name site_path sites state
  status storage subject targetPath targetId timeZone type until what siteId backupId jobId scheduleId providerId channelId
  weekdays`.split(/\s+/),
);
/** Whatever else such a field may be (a number, a list), nothing of it is kept. */
const SECRET_NAME = /pass|secret|token|credential|key|auth|pin$|seal|header|overrides|^database$|adminDatabase/i;

const HIDDEN = '***';
const MAX_TEXT = 200;
const MAX_ITEMS = 20;
const MAX_NAMES = 40;
const MAX_DEPTH = 4;

/**
 * What was asked, without secrets: names of fields, numbers and switches, and the texts of fields that can't hold one. Bounded in size.
 */
export function safeDetails(value: unknown): Record<string, unknown> {
  const details = kept(value, '', 0);
  return typeof details === 'object' && details !== null && !Array.isArray(details)
    ? Object.fromEntries(Object.entries(details))
    : {};
}

function kept(value: unknown, name: string, depth: number): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value;
  const open = OPEN_TEXTS.has(name);
  if (!open && SECRET_NAME.test(name)) return hiddenIn(value);
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return open ? plainText(value) : HIDDEN;
  if (typeof value !== 'object' || depth >= MAX_DEPTH) return HIDDEN;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) {
    const items = value.slice(0, MAX_ITEMS).map((item) => kept(item, name, depth + 1));
    return value.length > MAX_ITEMS ? [...items, `… and ${value.length - MAX_ITEMS} more`] : items;
  }
  const fields = Object.entries(value).slice(0, MAX_NAMES);
  return Object.fromEntries(fields.map(([field, item]) => [plainText(field), kept(item, field, depth + 1)]));
}

/** Of a secret record the names. */
function hiddenIn(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return HIDDEN;
  return Object.fromEntries(
    Object.keys(value)
      .slice(0, MAX_NAMES)
      .map((name) => [plainText(name), HIDDEN]),
  );
}

/** As PostgreSQL's jsonb can hold it. */
export function plainText(text: string): string {
  return text.slice(0, MAX_TEXT).toWellFormed().replaceAll('\0', '\uFFFD');
}
