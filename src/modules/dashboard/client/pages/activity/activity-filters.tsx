import { SearchInput } from '../../ui/search-input.tsx';
import { Select } from '../../ui/select.tsx';

const AREAS = [
  { value: '', title: 'All actions' },
  { value: 'sites.', title: 'Sites' },
  { value: 'backups.', title: 'Backups' },
  { value: 'jobs.', title: 'Jobs' },
  { value: 'schedules.', title: 'Schedules' },
  { value: 'storage.', title: 'Storage' },
  { value: 'nodes.', title: 'Nodes' },
  { value: 'notifications.', title: 'Notifications' },
  { value: 'users.', title: 'Users' },
  { value: 'session.', title: 'Signing in' },
  { value: 'account.', title: 'Own accounts' },
  { value: 'tokens.', title: 'Tokens' },
  { value: 'auth.refused', title: 'Not let in' },
] as const;

const DAYS = [
  { value: '', title: 'At any time' },
  { value: '1', title: 'In the last day' },
  { value: '7', title: 'In the last 7 days' },
  { value: '30', title: 'In the last 30 days' },
] as const;

const DAY_MS = 86_400_000;

export interface Filters {
  actor: string;
  area: (typeof AREAS)[number]['value'];
  target: string;
  days: (typeof DAYS)[number]['value'];
  /** Of the days; fixed when they are chosen, so that pages stay what they are. */
  from: string | null;
}

export const NO_FILTERS: Filters = { actor: '', area: '', target: '', days: '', from: null };

export function isEmpty({ actor, area, target, days }: Filters): boolean {
  return actor === '' && area === '' && target === '' && days === '';
}

/** The filters as the API has them. */
export function toQuery({ actor, area, target, from }: Filters): Record<string, string> {
  return {
    ...(actor.trim() === '' ? {} : { actor: actor.trim() }),
    ...(area === '' ? {} : { action: area }),
    ...(target.trim() === '' ? {} : { target: target.trim() }),
    ...(from === null ? {} : { from }),
  };
}

interface ActivityFiltersProps {
  filters: Filters;
  onChange: (filters: Filters) => void;
}

/** Who, what, to what, when. */
export function ActivityFilters({ filters, onChange }: ActivityFiltersProps) {
  return (
    <div class="list-filters">
      <SearchInput label="Who: a name" value={filters.actor} onSearch={(actor) => onChange({ ...filters, actor })} />
      <Select
        label="Actions"
        bare
        value={filters.area}
        onChange={(area) => onChange({ ...filters, area })}
        options={AREAS}
      />
      <SearchInput
        label="To what: an id"
        value={filters.target}
        onSearch={(target) => onChange({ ...filters, target })}
      />
      <Select
        label="When"
        bare
        value={filters.days}
        onChange={(days) =>
          onChange({
            ...filters,
            days,
            from: days === '' ? null : new Date(Date.now() - Number(days) * DAY_MS).toISOString(),
          })
        }
        options={DAYS}
      />
    </div>
  );
}
